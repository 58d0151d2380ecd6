/** Marsaglia's xorshift32: the same seed gives the same fuzzing, which `Math.random` would not. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0 || 0x9e3779b9;
  }

  /** 32 bits, unsigned. */
  next(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return x >>> 0;
  }

  /** An integer from 0 up to `limit`, which it never is. */
  below(limit: number): number {
    return this.next() % limit;
  }

  /** True once in so many times. */
  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  /** A source of its own, for what runs at its own pace. */
  fork(): Random {
    return new Random(this.next());
  }
}
