/** Numbers that look random and are the same on every machine (mulberry32), for inputs that nobody needs to store. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** @returns an integer from 0 up to, and without, `limit` */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  /** A name of letters. */
  word(): string {
    return Array.from({ length: 2 + this.below(8) }, () => String.fromCharCode(97 + this.below(26))).join('');
  }

  words(count: number): string {
    return Array.from({ length: count }, () => this.word()).join(' ');
  }
}

/** Pieces of text until there are `size` characters. */
export function grow(size: number, piece: () => string): string {
  let text = '';
  while (text.length < size) text += piece();
  return text;
}
