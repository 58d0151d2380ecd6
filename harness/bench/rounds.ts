/**
 * When each round of a replayed corpus began. All its inputs differ, so that a round begins where its first one comes
 * again; a fuzzer may run an input twice in a row.
 */
export class Rounds {
  readonly starts: number[] = [];
  readonly #now: () => number;
  #first: Buffer | undefined;
  #atFirst = false;

  constructor(now: () => number) {
    this.#now = now;
  }

  saw(data: Buffer): void {
    // libFuzzer begins with an empty input of its own.
    if (data.length === 0) return;
    this.#first ??= Buffer.from(data);
    const again = data.length === this.#first.length && this.#first.equals(data);
    if (again && !this.#atFirst) this.starts.push(this.#now());
    this.#atFirst = again;
  }
}

/** Milliseconds of each round of the second half: in the first the compiler is still at work. */
export function settledRounds(starts: readonly number[]): number[] {
  const rounds = starts.slice(1).map((start, i) => start - starts[i]!);
  return rounds.slice(Math.floor(rounds.length / 2));
}
