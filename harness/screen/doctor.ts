import { availableParallelism, totalmem } from 'node:os';
import type { CampaignState } from '../campaign/state.ts';
import { diagnose } from './diagnose.ts';
import type { Diagnosis } from './diagnosis.ts';

const MINUTE = 60_000;

/** Diagnoses states as they come: some of what is wrong shows only over time. */
export class Doctor {
  /** What each worker had by way of restarts, and when, over the last minute. */
  readonly #restarts = new Map<number, { at: number; restarts: number }[]>();

  diagnose(state: CampaignState): Diagnosis[] {
    return diagnose(state, {
      cores: availableParallelism(),
      memory: totalmem() / 2 ** 20,
      restarts: new Map(
        state.workers.map(({ number, restarts }) => [number, this.#recent(number, state.elapsed, restarts)]),
      ),
    });
  }

  #recent(number: number, at: number, restarts: number): number {
    const seen = this.#restarts.get(number) ?? [];
    if (seen.at(-1)?.restarts !== restarts) seen.push({ at, restarts });
    // The last one from before the minute is what the minute began with.
    while (seen.length > 1 && seen[1]!.at <= at - MINUTE) seen.shift();
    this.#restarts.set(number, seen);
    return restarts - seen[0]!.restarts;
  }
}
