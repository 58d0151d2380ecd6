import type { Turn } from './slot.ts';
import type { TargetRun } from './target-run.ts';

/** Says what each worker is to do next. */
export interface Schedule {
  next(worker: number): Turn | undefined;
}

/** For one target: all of them, for good. */
export const always = ([run]: readonly TargetRun[]): Schedule => ({
  next: () => (run!.isDone ? undefined : { run: run! }),
});

/** Milliseconds of a turn: a start costs up to a second, and nobody wants to wait for hours for the next one. */
const SHORTEST = 5_000;
const LONGEST = 300_000;
/** Turns that each target has at least in a campaign that ends, where they are not too short for that. */
const TURNS = 4;
/** How much more of the time the target gets that finds most. */
const MOST = 3;
/** What progress is worth a turn later. */
const AGE = 1 / 2;

interface Account {
  run: TargetRun;
  /** Milliseconds of workers that it was given; and for its weight: who has least is next. */
  given: number;
  used: number;
  /** PCs that were new in its turns, the last ones most. */
  progress: number;
  covered: number;
}

/** Fair shares for several targets: by their weights, and more for those that have found something of late. */
export class FairShares implements Schedule {
  readonly #accounts: Account[];
  readonly #slice: number;

  /** @param time milliseconds that the campaign has; undefined where only the user ends it */
  constructor(runs: readonly TargetRun[], workers: number, time?: number) {
    this.#accounts = runs.map((run) => ({ run, given: 0, used: 0, progress: 0, covered: 0 }));
    const fair = time === undefined ? LONGEST : (time * workers) / (TURNS * runs.length);
    this.#slice = Math.min(Math.max(fair, SHORTEST), LONGEST);
  }

  next(): Turn | undefined {
    const left = this.#accounts.filter((account) => !account.run.isDone && leftOf(account) > 0);
    for (const account of left) observe(account);
    const most = Math.max(1, ...left.map(({ progress }) => progress));
    const chosen = left.reduce((a, b) => (b.used < a.used ? b : a), left[0]!);
    if (chosen === undefined) return undefined;
    const factor = chosen.run.plan.weight * (1 + (MOST * chosen.progress) / most);
    const slice = Math.min(this.#slice, leftOf(chosen));
    chosen.given += slice;
    chosen.used += slice / factor;
    chosen.progress *= AGE;
    return { run: chosen.run, slice };
  }
}

const leftOf = ({ run, given }: Account): number => (run.plan.budget ?? Number.POSITIVE_INFINITY) - given;

function observe(account: Account): void {
  const { covered } = account.run.coverage;
  account.progress += covered - account.covered;
  account.covered = covered;
}
