import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Limits } from './executed.ts';

/** Words that the two threads share: the run that goes on, or 0; the last run in which the event loop had a turn. */
export const RUN = 0;
export const TURN = 1;

/** What its thread is told. */
export interface Watched {
  shared: Int32Array;
  limits: Limits;
  /** Process id of the parent, without whom it ends. */
  parent: number;
}

/** Looks after the main thread from another one: nothing else can, in a loop that never ends. */
export interface Watchdog {
  begin(run: number): void;
  end(): void;
}

/**
 * Starts the thread, which also keeps the event loop from running empty: a promise that never settles is waited for
 * until the time is up.
 *
 * @param fail called where the thread fails
 */
export async function watch(
  limits: Limits,
  parent: number,
  fail: (error: unknown) => void,
): Promise<Watchdog> {
  const shared = new Int32Array(new SharedArrayBuffer(8));
  const workerData: Watched = { shared, limits, parent };
  const worker = new Worker(new URL('./watchdog-thread.js', import.meta.url), { workerData, execArgv: [] });
  worker.on('error', fail);
  await once(worker, 'message'); // It is there.
  const { store } = Atomics; // The target may put others in their place.
  worker.on('message', (run: number) => store(shared, TURN, run));
  return { begin: (run) => void store(shared, RUN, run), end: () => void store(shared, RUN, 0) };
}
