/** Longest run of steps that is looked for. */
const LONGEST = 16;
/** What was folded once may be repeated as a whole: a loop in a loop. */
const ROUNDS = 3;

/** Steps that ran several times, one after the other. */
export interface Repeated {
  times: number;
  /** Numbers of steps, or of what was folded before. */
  steps: readonly number[];
}

/**
 * Folds runs of steps that repeat themselves. Steps are numbers that are not negative; what was folded is -1, -2, …,
 * and equal ones have one number.
 */
export class Folds {
  readonly #numbers = new Map<string, number>();
  readonly #list: Repeated[] = [];

  /** @param number negative */
  at(number: number): Repeated {
    return this.#list[-1 - number]!;
  }

  fold(steps: number[]): number[] {
    let folded = steps;
    for (let round = 0; round < ROUNDS; round++) {
      const before = folded.length;
      for (let period = 1; period <= LONGEST; period++) folded = this.#foldPeriod(folded, period);
      if (folded.length === before) break;
    }
    return folded;
  }

  #foldPeriod(steps: number[], period: number): number[] {
    const folded: number[] = [];
    for (let i = 0; i < steps.length; ) {
      const times = timesAt(steps, i, period);
      if ((times - 1) * period < 2) {
        folded.push(steps[i++]!);
        continue;
      }
      folded.push(this.#number({ times, steps: steps.slice(i, i + period) }));
      i += times * period;
    }
    return folded.length === steps.length ? steps : folded;
  }

  #number(repeated: Repeated): number {
    const key = `${repeated.times} ${repeated.steps.join(' ')}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#list.push(repeated);
    const number = -this.#list.length;
    this.#numbers.set(key, number);
    return number;
  }
}

/** How often the steps from `start` on stand there one after the other. */
function timesAt(steps: readonly number[], start: number, period: number): number {
  let end = start;
  while (end + period < steps.length && steps[end] === steps[end + period]) end++;
  return 1 + Math.floor((end - start) / period);
}
