import { Prototypes } from './prototypes.ts';

/** Executions in which the names of each prototype are looked at. */
export const ROUND = 16;

/**
 * Stands before the callback of Jazzer.js's detector of prototype pollution, which takes snapshots of six prototypes
 * after each execution and costs more than many a target. It is called only where something may have changed; what
 * it then reports is its own.
 *
 * What can be seen cheaply, and all of Object.prototype, is looked at after each execution. A name that comes to
 * another prototype and is not enumerable is seen within ROUND executions: see `suspects`.
 */
export class PollutionGuard {
  readonly #detector: () => void;
  readonly #reported: () => boolean;
  /** As they were when the detector had nothing to report; null where it is to be asked each time. */
  #prototypes: Prototypes | null | undefined;
  #executions = 0;
  #suspects = 0;
  /** While set, the detector is called each time. */
  exact = false;

  /** @param reported whether there is a report that nobody has taken yet */
  constructor(detector: () => void, reported: () => boolean) {
    this.#detector = detector;
    this.#reported = reported;
  }

  /** How many executions before the last one may have made the change that was seen after it. */
  get suspects(): number {
    return this.#suspects;
  }

  /** To be called after each execution instead of the detector's callback. */
  readonly check = (): void => {
    this.#suspects = 0;
    if (this.exact || this.#prototypes === null) this.#detector();
    else if (this.#prototypes === undefined) this.#start();
    else if (!this.#holds(this.#prototypes)) this.#changed();
  };

  /** Undoes what came late, as far as that can be. @returns whether all is as it was */
  restore(): boolean {
    const prototypes = this.#prototypes;
    if (!prototypes) return false;
    prototypes.restore();
    if (!prototypes.valuesHold()) return false;
    for (let i = 0; i < Prototypes.count; i++) if (!prototypes.namesHold(i)) return false;
    return true;
  }

  /** What the detector compares with is of the time when it was loaded. */
  #start(): void {
    // First ours: what is unchanged to the detector afterwards was so here.
    const prototypes = new Prototypes();
    this.#detector();
    if (!this.#reported()) this.#prototypes = prototypes.valuesHold() ? prototypes : null;
  }

  #changed(): void {
    // The first report counts: this one will not be heard of.
    if (this.#reported()) this.#suspects = 0;
    this.#detector();
    // A change that is none to the detector, such as an attribute's, would be seen again each time.
    if (!this.#reported()) this.#prototypes = null;
  }

  #holds(prototypes: Prototypes): boolean {
    if (!prototypes.valuesHold() || !prototypes.namesHold(0)) return false;
    const turn = this.#executions++ % ROUND;
    // Spread over the round, since one costs about as much as all the rest.
    const index = turn % 3 === 0 ? 1 + turn / 3 : Prototypes.count;
    if (index >= Prototypes.count || prototypes.namesHold(index)) return true;
    this.#suspects = Math.min(this.#executions, ROUND) - 1;
    return false;
  }
}
