import type { ErrorText } from '../symbolize/stack.ts';

/**
 * How an execution went wrong: a thrown error, a bug detector's report, a promise rejection or an error of a timer
 * that nobody handled, a run that takes too long, one that takes too much memory, a process that died of a signal,
 * and one that the target ended itself.
 */
export type FaultKind = 'error' | 'detector' | 'rejection' | 'timeout' | 'oom' | 'crash' | 'exit';

const DEADLY: ReadonlySet<FaultKind> = new Set(['timeout', 'oom', 'crash', 'exit']);

/** Whether a process that runs such an input plainly would end, or not come back. */
export const isDeadly = (kind: FaultKind): boolean => DEADLY.has(kind);

export interface Fault {
  kind: FaultKind;
  /** What was thrown; of the other kinds what there is to say, and the stack where it is known. */
  error: ErrorText;
}
