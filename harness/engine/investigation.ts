import { describeError, headline } from '../symbolize/stack.ts';
import type { Failure } from './execution.ts';
import type { Findings } from './jazzer.ts';
import type { PollutionGuard } from './pollution.ts';
import type { RecentInputs } from './recent-inputs.ts';

/** A further execution that is wanted: of which input, and whether with stacks. */
export interface Rerun {
  input: Buffer;
  stackTraces: boolean;
}

/** What is to be reported. */
export interface Report {
  error: unknown;
  /** What a reader must know beside the error. */
  note?: string;
  /** The input that did it, where that is an earlier one. */
  culprit?: Buffer;
  /** Earlier inputs of which one may have done it, and nothing tells which. */
  suspects?: Buffer[];
}

/** Asks for executions, gets what came of each, and ends with a result; so one text serves both loops. */
export type Reruns<T> = Generator<Rerun, T, Failure>;

export interface Evidence {
  /** The current input is the last. */
  inputs: RecentInputs;
  findings: Pick<Findings, 'Finding'>;
  guard: PollutionGuard | undefined;
  /** Whether libFuzzer's alarm leaves time for one more. */
  hasTime: () => boolean;
}

/**
 * Finds out what to report of an execution that failed: the error with its stack, which was not captured, and which
 * input did it.
 *
 * @returns undefined where the error comes of nothing but the missing stacks
 */
export function* investigate(error: unknown, evidence: Evidence): Reruns<Report | undefined> {
  if (evidence.guard !== undefined && evidence.guard.suspects > 0)
    return yield* findCulprit(error, evidence.guard, evidence);
  if (!isStackMissing(error, evidence.findings)) return { error };
  return yield* captureStack(error, evidence);
}

function* captureStack(error: unknown, { inputs, findings, hasTime }: Evidence): Reruns<Report | undefined> {
  const late = { error, note: 'it took too long to be run anew for its stack' };
  const input = (): Buffer => inputs.last(1)[0]!;
  if (!hasTime()) return late;
  const second = yield { input: input(), stackTraces: true };
  if (second !== undefined) {
    if (isSameKind(error, second.error, findings)) return { error: second.error };
    return { error, note: `when it was run anew for its stack, it ended with ${describe(second.error)}` };
  }
  // A pattern that has stopped in the middle goes on from there, so that every other run passes.
  if (!hasTime()) return late;
  const third = yield { input: input(), stackTraces: true };
  if (third !== undefined && isSameKind(error, third.error, findings))
    return {
      error: third.error,
      note: 'it does not come each time: the target keeps something from run to run',
    };
  // Not a matter of luck, perhaps, but of stacks: some code takes them apart.
  if (!hasTime()) return late;
  const fourth = yield { input: input(), stackTraces: false };
  if (fourth !== undefined && isSameKind(error, fourth.error, findings)) return undefined;
  return { error, note: 'it did not happen again when the input was run anew' };
}

/** A change of a prototype that was seen late: each input again, the oldest first, on prototypes as they were. */
function* findCulprit(
  error: unknown,
  guard: PollutionGuard,
  { inputs, findings, hasTime }: Evidence,
): Reruns<Report> {
  const candidates = inputs.last(1 + guard.suspects);
  guard.exact = true;
  try {
    for (const [i, input] of candidates.entries()) {
      if (!hasTime() || !guard.restore()) break;
      const failure = yield { input: Buffer.from(input), stackTraces: false };
      if (failure === undefined || !isSameKind(error, failure.error, findings)) continue;
      return { error: failure.error, ...(i < candidates.length - 1 && { culprit: input }) };
    }
  } finally {
    guard.exact = false;
  }
  const suspects = candidates.slice(0, -1);
  return { error, suspects, note: `it came with this input or with one of the ${suspects.length} before it` };
}

/** Whether there would be a stack but for the limit. What has none by intention, or is no error, needs no other run. */
function isStackMissing(error: unknown, { Finding }: Pick<Findings, 'Finding'>): boolean {
  try {
    if (typeof error !== 'object' || error === null) return false;
    const { stack, message } = error as { stack?: unknown; message?: unknown };
    // Jazzer.js writes the message over the stack of a report that is made after the execution.
    if (stack === undefined || (error instanceof Finding && stack === message)) return false;
    return typeof stack !== 'string' || !/^\s+at /m.test(stack);
  } catch {
    return false;
  }
}

/** Reports say in their first line what they are, errors by their name; what follows may differ from run to run. */
function isSameKind(a: unknown, b: unknown, { Finding }: Pick<Findings, 'Finding'>): boolean {
  const kind = (error: unknown): string => {
    const { name, message } = describeError(error);
    return error instanceof Finding ? `report ${message.split('\n')[0]}` : name;
  };
  return kind(a) === kind(b);
}

const describe = (error: unknown): string => headline(describeError(error)).split('\n')[0]!;
