import type { Session } from '../feedback/session.ts';
import { type Execution, type Failure, PromiseSeen } from './execution.ts';
import type { Rerun } from './investigation.ts';
import type { Reporter } from './reporter.ts';

/** What libFuzzer calls for each input, in a loop of either kind. */

const FINDING = 77;

export interface LoopParts {
  execution: Execution;
  session: Pick<Session, 'trace'>;
  reporter: Reporter;
}

/** A loop that blocks the event loop. */
export function syncLoop({ execution, session, reporter }: LoopParts, promises: 'stop' | 'ignore') {
  const execute = (data: Buffer): void => execution.sync(data, promises);
  const rerun = ({ input, stackTraces }: Rerun): Failure => {
    const usual = execution.stackTraces;
    execution.stackTraces = stackTraces;
    try {
      execution.sync(input, 'ignore');
      return undefined;
    } catch (error) {
      return { error };
    } finally {
      execution.stackTraces = usual;
    }
  };
  const fail = (error: unknown): void => {
    if (error instanceof PromiseSeen) throw error;
    if (!reporter.wants(error)) return;
    const investigation = reporter.investigate(error);
    let step = investigation.next();
    while (!step.done) step = investigation.next(rerun(step.value));
    reporter.report(step.value);
  };
  return (data: Buffer): void => {
    reporter.begin(data);
    try {
      session.trace(execute, data);
    } catch (error) {
      fail(error);
    }
  };
}

export interface AsyncLoopOptions {
  /** Milliseconds that a further execution is waited for: nothing says that its promise settles. */
  patience: number;
  /**
   * A step of -minimize_crash, whose loop goes on to the next input when it is told to stop. The process then ends
   * while that one is current, and libFuzzer writes it over the one that was found. So it ends at once.
   */
  exits: boolean;
}

/** A loop that gives the event loop its turns. */
export function asyncLoop({ execution, session, reporter }: LoopParts, options: AsyncLoopOptions) {
  const execute = (data: Buffer): Promise<void> => execution.async(data);
  const rerun = async ({ input, stackTraces }: Rerun): Promise<Failure> => {
    const usual = execution.stackTraces;
    execution.stackTraces = stackTraces;
    const failed = execution.async(input).then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    try {
      return await Promise.race([failed, later(options.patience)]);
    } finally {
      execution.stackTraces = usual;
    }
  };
  const fail = async (error: unknown): Promise<void> => {
    if (!reporter.wants(error)) return;
    const investigation = reporter.investigate(error);
    let step = investigation.next();
    while (!step.done) step = investigation.next(await rerun(step.value));
    try {
      reporter.report(step.value);
    } finally {
      if (options.exits && step.value !== undefined) process.exit(FINDING);
    }
  };
  return (data: Buffer): Promise<void> => {
    reporter.begin(data);
    return session.trace(execute, data).catch(fail);
  };
}

const later = (ms: number): Promise<undefined> =>
  new Promise((resolve) => setTimeout(() => resolve(undefined), ms).unref());
