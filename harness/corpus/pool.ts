import type { Executed, Executes } from '../executor/executed.ts';
import { isDeadly } from '../executor/fault.ts';

/** A process that executes inputs, until it is closed. */
export interface Executing extends Executes {
  close(): unknown;
}

/** Executes an input and says which PCs it reached. */
export type Trace = (input: Uint8Array) => Promise<Executed>;

/**
 * Hands items to processes of their own, side by side, each to the next that is free.
 *
 * @throws what `work` throws, after all processes have ended
 */
export async function onEach<T>(
  items: Iterable<T>,
  { start, workers }: { start: () => Executing; workers: number },
  work: (trace: Trace, item: T) => Promise<void>,
): Promise<void> {
  const queue = items[Symbol.iterator]();
  let failed = false;
  const worker = async (): Promise<void> => {
    const process = start();
    try {
      const trace = warmedUp(process);
      for (let next = queue.next(); !next.done && !failed; next = queue.next()) await work(trace, next.value);
    } catch (error) {
      failed = true;
      throw error;
    } finally {
      await process.close();
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: workers }, worker));
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
}

/** What a target does once, in a process's first execution, is no input's: it happens for an empty one. */
function warmedUp(process: Executes): Trace {
  let fresh = true;
  return async (input) => {
    if (fresh) await process.execute(new Uint8Array());
    const executed = await process.execute(input, { trace: true });
    // Another process may stand in for the one that executed.
    fresh = executed.fault !== null && isDeadly(executed.fault.kind);
    return executed;
  };
}
