/** Points that are kept; when there are more, every second one goes. */
const MAX_POINTS = 300;

export interface Point {
  /** Milliseconds since the start. */
  at: number;
  covered: number;
}

/** What all workers of a target have reached, and when. */
export class CampaignCoverage {
  readonly #pcs = new Set<number>();
  #history: Point[] = [];
  /** Milliseconds between points. */
  #step = 1000;
  #lastNew: number | undefined;

  /** @param at milliseconds since the start */
  add(pcs: readonly number[], at: number): void {
    const before = this.#pcs.size;
    for (const pc of pcs) this.#pcs.add(pc);
    if (this.#pcs.size > before) this.#lastNew = at;
    this.#point(at);
  }

  get covered(): number {
    return this.#pcs.size;
  }

  /** When a PC was reached first; undefined before any was. */
  get lastNew(): number | undefined {
    return this.#lastNew;
  }

  /** The oldest first, the present last. */
  history(at: number): Point[] {
    return [...this.#history, { at, covered: this.#pcs.size }];
  }

  #point(at: number): void {
    const last = this.#history.at(-1);
    if (last !== undefined && at - last.at < this.#step) return;
    this.#history.push({ at, covered: this.#pcs.size });
    if (this.#history.length <= MAX_POINTS) return;
    this.#history = this.#history.filter((_, i) => i % 2 === 0);
    this.#step *= 2;
  }
}
