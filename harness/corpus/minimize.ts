import type { Executes } from '../executor/executed.ts';
import { type Title, titleOf } from '../findings/title.ts';
import { removeGroups } from './groups.ts';
import { removeItems } from './items.ts';
import { bytewise, linewise, removeRuns, tokenwise } from './pieces.ts';
import { simplifyBytes, simplifyTokens } from './simplify.ts';
import { type Bounds, CHECKS, Trial } from './trial.ts';

export interface Minimized {
  /** How the input fails; null where it does not. */
  readonly title: Title | null;
  /** The smallest input that was seen to fail so, the original where there is no other. */
  readonly data: Uint8Array;
  readonly executions: number;
  /** Whether nothing that is tried here makes it smaller, rather than that a bound was reached. */
  readonly complete: boolean;
  /** Whether the smallest that was found failed again; otherwise the original stands. */
  readonly stable: boolean;
}

/** Runs of bytes that are removed first are a 64th of the input at least: large steps come before small ones. */
const COARSE = 64;

/**
 * Makes an input smaller that fails, as long as it fails in the same way: under the same title. Large parts are
 * removed first, then lines, groups, tokens and bytes, then words, numbers and bytes made simpler, all over again
 * until nothing helps. What comes of it fails in that way twice more, in fresh processes; otherwise the original is kept.
 *
 * The same input, target and bounds that are not reached give the same result.
 */
export async function minimize(
  original: Uint8Array,
  executor: Executes,
  { milliseconds, executions, ...bounds }: Bounds,
): Promise<Minimized> {
  const first = await executor.execute(original, { fresh: true });
  if (first.fault === null)
    return { title: null, data: original, executions: 1, complete: false, stable: false };
  const title = titleOf(first.fault);
  const left = { milliseconds: milliseconds - first.milliseconds, executions: executions - 1, ...bounds };
  const trial = new Trial(original, title.key, executor, left);
  await shrink(trial);
  const complete = !trial.isOver;
  const stable = await isStable(trial, original);
  return { title, data: stable ? trial.best : original, executions: trial.executions + 1, complete, stable };
}

/** One pass after the other, up to a round in which none helps. */
async function shrink(trial: Trial): Promise<void> {
  const bytes = bytewise();
  const passes = [
    () => trial.attempt(new Uint8Array()),
    () => removeRuns(trial, bytes, Math.max(1, trial.best.length / COARSE)),
    () => removeRuns(trial, linewise),
    () => removeGroups(trial),
    () => removeItems(trial),
    () => removeRuns(trial, tokenwise),
    () => removeRuns(trial, bytes),
    () => simplifyTokens(trial),
    () => simplifyBytes(trial),
  ];
  let before: Uint8Array;
  do {
    before = trial.best;
    for (const pass of passes) if (!trial.isOver) await pass();
  } while (trial.best !== before);
}

async function isStable(trial: Trial, original: Uint8Array): Promise<boolean> {
  if (trial.best === original) return true;
  for (let i = 0; i < CHECKS; i++) if (!(await trial.fails(trial.best, { fresh: true }))) return false;
  return true;
}
