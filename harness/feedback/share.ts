/**
 * Decides which runs are repeated for their comparisons: each that found something new, and of the others so
 * many that the repetitions take a sixteenth of the work. Work is counted, not timed, so that what is repeated does not
 * depend on how fast the machine is just now.
 */

/** One in so many parts of the work. */
const SHARE = 16;
/** Work of a run beside its trace, in PCs. */
const RUN = 256;
/** Work of a comparison, in PCs: it is a call, where a PC is two stores. */
const COMPARISON = 8;

export class Share {
  /** Work since the last repetition. */
  #work = 0;
  /** Work that the last repetition was. */
  #cost = RUN;
  /** Work of the run that is just over. */
  #last = 0;
  #isNew = false;

  /** A run is over that traced `pcs` PCs. */
  ran(pcs: number, isNew: boolean): void {
    this.#last = RUN + pcs;
    this.#work += this.#last;
    this.#isNew = isNew;
  }

  /** That run was repeated and traced `comparisons`. */
  compared(comparisons: number): void {
    this.#cost = this.#last + comparisons * COMPARISON;
    this.#work = 0;
  }

  /** Whether the run that is just over should be repeated. */
  wantsCompares(): boolean {
    return this.#isNew || this.#work >= SHARE * this.#cost;
  }
}
