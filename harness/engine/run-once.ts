import { NO_DRAIN } from './drain.ts';
import type { Endings } from './ending.ts';
import { Execution, type FuzzTarget } from './execution.ts';
import { loadJazzer } from './jazzer.ts';

/** What came of one run of a target; our own failures are thrown. */
export type Outcome = { kind: 'ok' } | { kind: 'finding'; error: unknown };

/** A run that has begun. */
export interface Running {
  outcome: Promise<Outcome>;
  /** Tells it of an error that reached nobody, such as one of a timer: it need not be waited for any longer. */
  uncaught(error: unknown): void;
}

/** Begins to run one input outside of libFuzzer, with the bug detectors that are loaded; what they report comes first. */
export function startOnce(target: FuzzTarget, data: Buffer, endings?: Endings): Running {
  const { callbacks, findings } = loadJazzer();
  const execution = new Execution(target, callbacks, findings, NO_DRAIN, endings);
  return { outcome: outcomeOf(execution.async(data)), uncaught: (error) => execution.uncaught(error) };
}

async function outcomeOf(execution: Promise<void>): Promise<Outcome> {
  try {
    await execution;
    return { kind: 'ok' };
  } catch (error) {
    return { kind: 'finding', error };
  }
}

/** Runs one input. */
export const runOnce = (target: FuzzTarget, data: Buffer): Promise<Outcome> =>
  startOnce(target, data).outcome;
