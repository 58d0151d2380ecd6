import type { FuzzTarget } from './engine/execution.ts';

/** Runs a target once, without detectors, whichever way it reports that it is done. */
export async function invoke(target: FuzzTarget, data: Buffer): Promise<void> {
  if (target.length < 2) {
    await target(data);
    return;
  }
  await new Promise<void>((done, fail) => {
    const result = target(data, (error) => (error === undefined || error === null ? done() : fail(error)));
    // An asynchronous function that fails before it calls back would be waited for in vain.
    if (result instanceof Promise) result.catch(fail);
  });
}
