import type { FuzzTarget } from './engine/execution.ts';

/** Runs a target once, without detectors, whichever way it reports that it is done. */
export async function invoke(target: FuzzTarget, data: Buffer): Promise<void> {
  if (target.length < 2) {
    await target(data);
    return;
  }
  await new Promise<void>((done, fail) => {
    target(data, (error) => (error === undefined || error === null ? done() : fail(error)));
  });
}
