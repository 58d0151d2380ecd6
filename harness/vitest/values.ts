import { performance } from 'node:perf_hooks'; // And not the global one, which tests may fake.
import { clearTimeout, setTimeout } from 'node:timers';
import { ByteRandom } from './byte-random.ts';

/** What we need of fast-check's `Arbitrary`. */
export interface Arbitrary<T> {
  generate(random: never, biasFactor: number | undefined): Generated<T>;
  shrink(value: T, context: unknown): Iterable<Generated<T>>;
  canShrinkWithoutContext(value: unknown): boolean;
}

interface Generated<T> {
  readonly value: T;
  readonly value_: T;
  readonly context: unknown;
}

export type Arbitraries<T extends readonly unknown[]> = { readonly [K in keyof T]: Arbitrary<T[K]> };

/** Milliseconds and runs for making values smaller. */
const SHRINKING = 2000;
const RUNS = 1000;

/** A list of values of which each can be made smaller. */
export class Values<T extends readonly unknown[]> {
  readonly #arbitraries: readonly Arbitrary<unknown>[];
  readonly #generated: readonly Generated<unknown>[];

  private constructor(arbitraries: readonly Arbitrary<unknown>[], generated: readonly Generated<unknown>[]) {
    this.#arbitraries = arbitraries;
    this.#generated = generated;
  }

  /** The values that an input stands for. */
  static of<T extends readonly unknown[]>(arbitraries: Arbitraries<T>, bytes: Uint8Array): Values<T> {
    const random = new ByteRandom(bytes) as never;
    const list = arbitraries as readonly Arbitrary<unknown>[];
    // Without a bias: the fuzzer chooses.
    return new Values(
      list,
      list.map((one) => one.generate(random, undefined)),
    );
  }

  /** Each reading makes those anew that can be changed. */
  get values(): T {
    return this.#generated.map((one) => one.value) as unknown as T;
  }

  /**
   * The smallest found that still fails.
   *
   * @param fails tells whether values do
   * @param limit milliseconds that there are, of which half are taken; 0 where there is no limit
   */
  async shrink(fails: (values: T) => Promise<boolean>, limit = 0): Promise<Values<T>> {
    const end = performance.now() + (limit > 0 ? Math.min(SHRINKING, limit / 2) : SHRINKING);
    let runs = 0;
    let smallest: Values<T> = this;
    for (let found: Values<T> | undefined = this; found !== undefined; ) {
      smallest = found;
      found = undefined;
      for (const candidate of smallest.#smaller()) {
        if (++runs > RUNS || performance.now() > end) break;
        if (!(await inTime(fails(candidate.values), end))) continue;
        found = candidate;
        break;
      }
    }
    return smallest;
  }

  *#smaller(): Generator<Values<T>> {
    for (const [i, generated] of this.#generated.entries())
      for (const one of candidates(generated, this.#arbitraries[i]!))
        yield new Values(
          this.#arbitraries,
          this.#generated.map((old, j) => (i === j ? one : old)),
        );
  }
}

/** Fast-check takes from the start of texts and lists, where what matters is often. */
function* candidates(
  { value_, context }: Generated<unknown>,
  arbitrary: Arbitrary<unknown>,
): Generator<Generated<unknown>> {
  for (const value of starts(value_))
    if (arbitrary.canShrinkWithoutContext(value)) yield { value, value_: value, context: undefined };
  yield* arbitrary.shrink(value_, context);
}

/** Half of it, and all but the last one; the empty one fast-check tries. */
function starts(value: unknown): unknown[] {
  if (typeof value !== 'string' && !Array.isArray(value)) return [];
  const lengths = new Set([value.length >> 1, value.length - 1]);
  return [...lengths].filter((length) => length > 0).map((length) => value.slice(0, length));
}

/** Values that take too long are no smaller ones. */
async function inTime(work: Promise<boolean>, end: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), Math.max(0, end - performance.now()));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
