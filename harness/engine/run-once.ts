import { type FuzzTarget, invoke } from '../target.ts';
import { loadJazzer } from './jazzer.ts';

/** What came of one run of a target; our own failures are thrown. */
export type Outcome = { kind: 'ok' } | { kind: 'finding'; error: unknown };

/** Runs one input outside of libFuzzer, with the bug detectors that are loaded; what they report comes first. */
export async function runOnce(target: FuzzTarget, data: Buffer): Promise<Outcome> {
  const { callbacks, findings } = loadJazzer();
  callbacks.runBeforeEachCallbacks();
  const outcome = await attempt(target, data);
  callbacks.runAfterEachCallbacks();
  const found = findings.clearFirstFinding();
  if (found === undefined) return outcome;
  findings.cleanErrorStack(found);
  return { kind: 'finding', error: found };
}

async function attempt(target: FuzzTarget, data: Buffer): Promise<Outcome> {
  try {
    await invoke(target, data);
    return { kind: 'ok' };
  } catch (error) {
    return { kind: 'finding', error };
  }
}
