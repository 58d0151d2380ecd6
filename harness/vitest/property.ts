import type { TestContext } from 'vitest';
import { isThenable } from '../../src/thenable.ts';
import { isErrorLike } from '../symbolize/stack.ts';
import type { Declaration } from './misuse.ts';
import { takenApart } from './parameters.ts';
import { retold } from './retold.ts';
import { show, showOne } from './show.ts';
import { countsSnapshots } from './snapshots.ts';
import type { Subject } from './subject.ts';
import { type Arbitraries, type Arbitrary, Values } from './values.ts';

/** What fast-check knows the errors of `fc.pre` by. */
const REFUSAL = Symbol.for('fast-check/PreconditionFailure');

export type PropertyTarget<V extends readonly unknown[], C = TestContext> = (...args: [...V, C]) => unknown;

/** @throws {UsageError} where it is no list of arbitraries */
export function checkArbitraries(arbitraries: unknown, declaration: Declaration): void {
  if (!Array.isArray(arbitraries) || arbitraries.length === 0)
    throw declaration.misuse('fuzz.prop takes a list of arbitraries, as [fc.string(), fc.integer()]');
  const wrong = arbitraries.findIndex((one) => !isArbitrary(one));
  if (wrong !== -1)
    throw declaration.misuse(
      `fuzz.prop takes arbitraries of fast-check 4, and number ${wrong + 1} is none: ${showOne(arbitraries[wrong])}`,
    );
}

const isArbitrary = (value: unknown): boolean =>
  ['generate', 'shrink'].every(
    (name) => typeof (value as Record<string, unknown> | null | undefined)?.[name] === 'function',
  );

/** A target that is given values, which the bytes stand for. */
export function propertySubject<V extends readonly unknown[]>(
  arbitraries: Arbitraries<V>,
  target: PropertyTarget<V, never>,
): Subject {
  const count = (arbitraries as readonly Arbitrary<unknown>[]).length;
  const taken = takenApart(target, count);
  const takesContext = taken !== undefined || target.length > count;
  const call = (values: V, context: TestContext): unknown =>
    unlessRefused(() =>
      (target as (...args: unknown[]) => unknown)(...values, ...(takesContext ? [context] : [])),
    );
  return {
    taken,
    bind: (context) =>
      Object.assign((data: Buffer) => call(Values.of(arbitraries, data).values, context), {
        decode: (data: Uint8Array) => Values.of(arbitraries, data).values.map(showOne),
      }),
    describe: (input) => [`fails with ${show(Values.of(arbitraries, input).values)}`],
    async explain(error, input, context) {
      // What makes the values may be what fails.
      const found = await thrownBy(() => Values.of(arbitraries, input));
      if ('error' in found) return error;
      const { result } = found;
      if (countsSnapshots(context)) return withValues(error, result.values, result.values);
      return smaller(error, result, context, (values) => call(values, context));
    },
  };
}

/** As in fast-check, a property may be a predicate. */
function unlessFalse(result: unknown): unknown {
  if (result === false) throw new Error('the property returned false');
  return result;
}

/** Values that the target itself refuses, with `fc.pre`, show nothing. */
function unlessRefused(run: () => unknown): unknown {
  const unlessRefusal = (error: unknown): void => {
    if ((error as { footprint?: unknown } | null | undefined)?.footprint !== REFUSAL) throw error;
  };
  try {
    const result = run();
    return isThenable(result) ? result.then(unlessFalse, unlessRefusal) : unlessFalse(result);
  } catch (error) {
    return unlessRefusal(error);
  }
}

/** Shrinks values as long as they fail in the same way. What `expect.soft` notes meanwhile is not of this input. */
async function smaller<V extends readonly unknown[]>(
  error: unknown,
  found: Values<V>,
  { task }: TestContext,
  run: (values: V) => unknown,
): Promise<unknown> {
  const soft = task.result?.errors?.length ?? 0;
  let last = error;
  const smallest = await found.shrink(async (values) => {
    const ran = await thrownBy(() => run(values));
    const isSame = 'error' in ran && nameOf(ran.error) === nameOf(error);
    if (isSame) last = ran.error;
    return isSame;
  }, task.timeout);
  task.result?.errors?.splice(soft);
  return withValues(last, found.values, smallest.values);
}

async function thrownBy<R>(run: () => R): Promise<{ result: Awaited<R> } | { error: unknown }> {
  try {
    return { result: await run() };
  } catch (error) {
    return { error };
  }
}

/** A smaller value that fails in another way would show another bug. */
const nameOf = (error: unknown): string => (isErrorLike(error) ? String(error.name) : typeof error);

/** The error is that of the smallest values: what it says fits them. */
function withValues(error: unknown, values: readonly unknown[], smallest: readonly unknown[]): unknown {
  const [found, shrunk] = [show(values), show(smallest)];
  const lines =
    found === shrunk ? [`fails with ${found}`] : [`fails with   ${shrunk}`, `shrunk from  ${found}`];
  return retold(error, lines);
}
