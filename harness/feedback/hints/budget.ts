/** Candidates without a result after which hints get half as many runs. */
const PATIENCE = 4096;
/** The least share, as a part of the full one. */
const LEAST = 1 / 16;
/** Turns that are given for a result. */
const REWARD = 8;
/** Turns that are kept for later, so that a new comparison is followed at once. */
const MAX_CREDIT = 64;

/** Decides how many of all executions are hints': a share of them, and less while they find nothing. */
export class Budget {
  readonly #share: number;
  #credit = MAX_CREDIT;
  #barren = 0;

  /** @param share of the executions, from 0 to 1 */
  constructor(share: number) {
    this.#share = share;
  }

  /** An execution is to come. @returns whether hints may have it */
  mayTry(): boolean {
    this.#credit = Math.min(MAX_CREDIT, this.#credit + this.#current());
    return this.#credit >= 1;
  }

  /** A candidate runs. */
  tried(): void {
    this.#credit--;
    this.#barren++;
  }

  /** It runs once more, for its comparisons: half of that is on top of the share. */
  look(): void {
    this.#credit -= 0.5;
  }

  /** What was found is followed at once. */
  found(): void {
    this.#barren = 0;
    this.#credit = Math.min(MAX_CREDIT, this.#credit + REWARD);
  }

  #current(): number {
    return this.#share * Math.max(LEAST, 2 ** -Math.floor(this.#barren / PATIENCE));
  }
}
