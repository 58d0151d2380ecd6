import type { TestContext } from 'vitest';
import { isThenable } from '../../src/thenable.ts';
import type { FuzzTarget } from '../engine/execution.ts';
import { invoke } from '../invoke.ts';
import { Expectations } from './expectations.ts';
import type { EachHooks } from './hooks.ts';

/**
 * A target whose runs are each a try of the test, as far as it makes use of that: expectations of its own, callbacks at
 * its end, and hooks around each run. Without hooks it stays as fast, and as synchronous, as it is.
 */
export function asTries(target: FuzzTarget, context: TestContext, hooks?: EachHooks): FuzzTarget {
  const plain = withExpectations(target, new Expectations(context), context);
  const run: FuzzTarget =
    hooks === undefined || hooks.isEmpty
      ? plain
      : (data) => hooks.around(context, async () => void (await plain(data)));
  return target.decode === undefined ? run : Object.assign(run, { decode: target.decode });
}

function withExpectations(target: FuzzTarget, expectations: Expectations, context: TestContext): FuzzTarget {
  const end = (): unknown => {
    expectations.end();
    return finish(context);
  };
  if (target.length >= 2)
    return async (data) => {
      expectations.begin();
      await invoke(target, data);
      await end();
    };
  return (data) => {
    expectations.begin();
    const result = target(data);
    return isThenable(result) ? Promise.resolve(result).then(end) : end();
  };
}

/** What the run has registered with `onTestFinished`; undefined where that is nothing. */
function finish(context: TestContext): Promise<void> | undefined {
  const { task } = context as { task: { onFinished?: ((context: TestContext) => unknown)[] } };
  const callbacks = task.onFinished ?? [];
  if (callbacks.length === 0) return undefined;
  return (async () => {
    for (const callback of callbacks.splice(0).reverse()) await callback(context);
  })();
}
