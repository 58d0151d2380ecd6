/** Shares of the time that hints may take, with whatever success, and without any. */
const MOST = 1 / 2;
const LEAST = 1 / 16;
/** Milliseconds without a result after which at most half as much is left to them. */
const PATIENCE = 4000;
/** Milliseconds that may be spent ahead: before anything can be compared, and when something comes up suddenly. */
const AHEAD = 100;
/** Milliseconds after which what was is worth three quarters. */
const AGE = 1000;

/** Time that was spent, in milliseconds, and new inputs that came of it. */
interface Account {
  time: number;
  found: number;
}

/** New inputs for a millisecond; as good as anything while little is known. */
const yieldOf = ({ time, found }: Account): number => (found + 0.5) / (time + AHEAD);

/**
 * How much of the time hints may take beside the fuzzer's own mutations: as much as they find more in it than those do,
 * at most a half, and less and less where they find nothing. Executions are short, so time is all that they cost.
 */
export class TimeShare {
  readonly #now: () => number;
  readonly #hints: Account = { time: 0, found: 0 };
  readonly #fuzzer: Account = { time: 0, found: 0 };
  /** Of the hints' time what went into learning. */
  #learning = 0;
  /** The account of the execution that is under way. */
  #current = this.#fuzzer;
  #charged: number;
  #aged: number;
  #paid: number;

  /** @param now a clock, in milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#charged = this.#aged = this.#paid = now();
  }

  /** Whether there is time for another step. */
  get isThere(): boolean {
    const { time } = this.#hints;
    return time < AHEAD || time < this.#share() * (time + this.#fuzzer.time);
  }

  /** Whether there is time to learn from another input: half of it is for trying what was learned. */
  get mayLearn(): boolean {
    return this.#learning < AHEAD || this.#learning < this.#hints.time / 2;
  }

  #share(): number {
    const [hints, fuzzer] = [yieldOf(this.#hints), yieldOf(this.#fuzzer)];
    const barren = Math.max(0, this.#charged - this.#paid);
    const most = MOST * 2 ** -Math.floor(barren / PATIENCE);
    return Math.max(LEAST, Math.min(most, hints / (hints + fuzzer)));
  }

  /** An input begins to run. */
  runs(isHint: boolean): void {
    this.#charge(this.#current);
    this.#current = isHint ? this.#hints : this.#fuzzer;
  }

  /** It was new. */
  found(): void {
    this.#current.found++;
    if (this.#current === this.#hints) this.#paid = this.#now();
  }

  /** A step of the hints begins, whatever runs. */
  begin(): void {
    this.#charge(this.#current);
  }

  /** The step that began last is over. */
  end(): void {
    this.#charge(this.#hints);
  }

  /** The same where that step was to learn. */
  learned(): void {
    const before = this.#charged;
    this.#charge(this.#hints);
    this.#learning += this.#charged - before;
  }

  #charge(account: Account): void {
    const now = this.#now();
    account.time += now - this.#charged;
    this.#charged = now;
    if (now - this.#aged < AGE) return;
    this.#aged = now;
    for (const one of [this.#hints, this.#fuzzer]) {
      one.time *= 3 / 4;
      one.found *= 3 / 4;
    }
    this.#learning *= 3 / 4;
  }
}
