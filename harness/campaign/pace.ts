const OFTEN = 10_000;
const SELDOM = 60_000;
/** A sixth of what has passed: after six minutes it is once a minute. */
const SHARE = 6;

/** When a line is due: at the start, each ten seconds at first, then less and less often up to once a minute. */
export class Pace {
  #last: number | undefined;

  /** @param elapsed milliseconds since the start */
  due(elapsed: number): boolean {
    const pause = Math.min(SELDOM, Math.max(OFTEN, elapsed / SHARE));
    if (this.#last !== undefined && elapsed - this.#last < pause) return false;
    this.#last = elapsed;
    return true;
  }
}
