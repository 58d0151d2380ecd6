import { once } from 'node:events';
import { resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { compile } from '../instrument/fake-kernel.ts';
import { SYSCALL } from './helpers.ts';

const FIXTURE = resolve(import.meta.dirname, '../fixtures/kcov/thread.mjs');

interface Calls {
  open(size: number): SharedArrayBuffer;
  enable(mode: number): undefined;
  disable(): undefined;
  close(): undefined;
  syscall(request: number, times?: number): string;
  touch(buffer: SharedArrayBuffer): bigint;
  count(): bigint;
  reset(): undefined;
}

/**
 * A thread of Node with a kernel of its own, from dist. What it does is told from here, one call after another, so
 * that two threads meet in a known order.
 */
export class Thread {
  readonly #worker = new Worker(FIXTURE, {
    workerData: { syscall: compile(SYSCALL, { standalone: true }, '/kernel/thread.js').code },
  });

  /** @throws an Error whose message is the errno, where the call was refused */
  async call<N extends keyof Calls>(name: N, ...args: Parameters<Calls[N]>): Promise<ReturnType<Calls[N]>> {
    this.#worker.postMessage({ name, args });
    const [{ value, error }] = (await once(this.#worker, 'message')) as [
      { value: ReturnType<Calls[N]>; error?: string },
    ];
    if (error !== undefined) throw new Error(error);
    return value;
  }

  /** The thread comes to its end, with whatever it has enabled. */
  async join(): Promise<void> {
    const end = once(this.#worker, 'exit');
    this.#worker.postMessage({ name: 'exit', args: [] });
    await end;
  }

  /** The thread is ended from outside, wherever it is. */
  async kill(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** Runs with a thread, and ends it whatever happens. */
export async function withThread<R>(run: (thread: Thread) => Promise<R>): Promise<R> {
  const thread = new Thread();
  try {
    return await run(thread);
  } finally {
    await thread.kill();
  }
}
