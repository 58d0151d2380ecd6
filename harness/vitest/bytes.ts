import type { TestContext } from 'vitest';
import { UsageError } from '../usage.ts';
import { takenApart } from './parameters.ts';
import type { Subject } from './subject.ts';

/** How a target says that it is done, as Jazzer.js has it. */
export type Done = (error?: unknown) => void;

/**
 * `(data)`, `(data, { expect, …fixtures })` or, as Jazzer.js has it, `(data, done)`: a second parameter that is taken
 * apart is vitest's context, any other one a callback. One signature for all of them: from several TypeScript would
 * infer no parameters.
 */
export type FuzzTestTarget<C = TestContext> = (data: Buffer, contextOrDone: C & Done) => unknown;

/** Of a row of `each` or `for`, its values stand between the input and the context. */
export type RowTarget<Row extends readonly unknown[], C = TestContext> = (
  data: Buffer,
  ...rest: [...Row, C]
) => unknown;

/** A target that is given the bytes themselves. */
export function bytesSubject(target: (...args: never[]) => unknown, row: readonly unknown[] = []): Subject {
  const call = target as (...args: unknown[]) => unknown;
  const before = 1 + row.length;
  const taken = takenApart(target, before);
  return {
    taken,
    bind(context) {
      if (taken !== undefined || (row.length > 0 && call.length > before))
        return (data) => call(data, ...row, context);
      if (call.length <= before) return (data) => call(data, ...row);
      return (data, done) => call(data, done);
    },
    describe: () => [],
    explain: async (error) => error,
  };
}

/** The same callback, which says what is wrong where it is taken for vitest's context: the test would wait for ever. */
export function noContext(done: Done, context: TestContext): Done {
  const only: Done = (error) => done(error);
  for (const name of Reflect.ownKeys(context)) {
    if (typeof name === 'symbol' || name in only) continue;
    Object.defineProperty(only, name, {
      get() {
        throw new UsageError(
          `a fuzz test's second parameter is a callback unless it is taken apart: (data, { ${name} }) => …`,
        );
      },
    });
  }
  return only;
}
