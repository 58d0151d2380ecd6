import { basename } from 'node:path';
import { Script } from 'node:vm';
import type { FuzzTarget } from '../engine/execution.ts';
import type { Subject } from './subject.ts';

/** Where the call stands for the script that makes it. */
const CALL = 'kcovjs.vitest.call';

/** Whether an input once did not end: what is found is kept under its title, which begins with its kind. */
export const hasHung = (file: string): boolean => basename(file).startsWith('timeout-');

/** A target that is stopped when the time of its test is over: vitest ends what waits, but not what loops. */
export const stoppable = (subject: Subject): Subject => ({
  ...subject,
  bind(context) {
    const target = subject.bind(context);
    const { timeout } = context.task;
    const limited: FuzzTarget =
      target.length < 2
        ? (data) => within(timeout, () => target(data))
        : (data, done) => within(timeout, () => target(data, done));
    return limited;
  },
});

/** Calls a function. @param timeout milliseconds; 0 for no limit. @throws when they are over, as vitest words it */
function within(timeout: number, call: () => unknown): unknown {
  const holder = globalThis as Record<symbol, unknown>;
  holder[Symbol.for(CALL)] = call;
  try {
    const script = new Script(`globalThis[Symbol.for('${CALL}')]()`);
    return script.runInThisContext(timeout > 0 ? { timeout } : {});
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw new Error(`Test timed out in ${timeout}ms.`);
  } finally {
    delete holder[Symbol.for(CALL)];
  }
}
