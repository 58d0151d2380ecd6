import { Execution, type FuzzTarget } from './execution.ts';
import { loadJazzer } from './jazzer.ts';

/** What came of one run of a target; our own failures are thrown. */
export type Outcome = { kind: 'ok' } | { kind: 'finding'; error: unknown };

/** Runs one input outside of libFuzzer, with the bug detectors that are loaded; what they report comes first. */
export async function runOnce(target: FuzzTarget, data: Buffer): Promise<Outcome> {
  const { callbacks, findings } = loadJazzer();
  try {
    await new Execution(target, callbacks, findings).async(data);
    return { kind: 'ok' };
  } catch (error) {
    return { kind: 'finding', error };
  }
}
