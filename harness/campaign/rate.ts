/** Milliseconds over which a rate is taken. */
const WINDOW = 10_000;
/** Milliseconds of which too little is known to say anything: the corpus is read first. */
const LEAST = 2000;

/** Executions a second, of late. */
export class Rate {
  readonly #samples: { at: number; total: number }[] = [];

  add(total: number, at: number): void {
    this.#samples.push({ at, total });
    while (this.#samples.length > 2 && at - this.#samples[1]!.at >= WINDOW) this.#samples.shift();
  }

  /** Nothing is known of what has not been heard of for long. */
  at(now: number): number {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.at - first.at < LEAST || now - last.at > WINDOW)
      return 0;
    return ((last.total - first.total) * 1000) / (last.at - first.at);
  }
}
