import { AsyncLocalStorage, AsyncResource, createHook, executionAsyncResource } from 'node:async_hooks';
import { Lwp, type Processor } from './lwp.ts';
import { TraceMemory } from './memory.ts';

/** A thenable as a promise, anything else as it is. */
const asPromise = (value: unknown): unknown =>
  typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function'
    ? Promise.resolve(value)
    : value;

/**
 * A thread, which runs one LWP at a time. Its first LWP is whatever runs in none of the others.
 *
 * A flow of control is what Node's asynchronous contexts follow: the callbacks and promises that a task started,
 * and those that they start. Instrumented code reads what a switch left in `kernel`; so a switch is what costs,
 * and only in threads that have created an LWP.
 */
export class Cpu implements Processor {
  curlwp: Lwp;
  readonly kernel: Processor['kernel'];
  /** Memory for the buffers of this thread's descriptors. */
  readonly memory: TraceMemory;
  readonly #first: Lwp;
  #flows: AsyncLocalStorage<Lwp> | undefined;
  /** Jobs that others have interrupted, with the LWPs that they belong to. */
  readonly #jobs: number[] = [];
  readonly #interrupted: Lwp[] = [];

  constructor(kernel: Processor['kernel']) {
    this.kernel = kernel;
    this.memory = new TraceMemory(kernel.buf);
    this.#first = new Lwp(this);
    this.curlwp = this.#first;
    this.curlwp.fold();
  }

  /**
   * Runs `fn` as an LWP of its own, which ends when `fn` has returned or thrown, or the promise that it returned
   * has settled. What it leaves behind is not traced.
   *
   * @returns what `fn` returns; a promise, where that is one
   */
  create<R>(fn: () => R): R {
    this.#flows ??= this.#follow();
    const l = new Lwp(this);
    const creator = this.#switch(l);
    let goesOn = false;
    try {
      const result = this.#flows.run(l, () => asPromise(fn()));
      goesOn = result instanceof Promise;
      // What waits for the promise finds the LWP ended.
      return goesOn ? ((result as Promise<unknown>).finally(() => l.exit()) as R) : (result as R);
    } finally {
      if (!goesOn) l.exit();
      this.#switch(creator);
    }
  }

  /** @returns the LWP that ran until now @see kern_synch.c mi_switch */
  #switch(next: Lwp): Lwp {
    const previous = this.curlwp;
    this.curlwp = next;
    next.fold();
    return previous;
  }

  #follow(): AsyncLocalStorage<Lwp> {
    const flows = new AsyncLocalStorage<Lwp>();
    const flowOf = flowOfResource(flows);
    const before = (job: number): void => {
      this.#jobs.push(job);
      this.#interrupted.push(this.#switch(flowOf() ?? flows.getStore() ?? this.#first));
    };
    createHook({ before, after: (job) => this.#after(job) }).enable();
    // A job that ends in an error that nobody catches has no end that a hook is told of, nor have those below it.
    process.on('uncaughtExceptionMonitor', () => this.#abandon());
    return flows;
  }

  #after(job: number): void {
    const at = this.#jobs.lastIndexOf(job);
    if (at === -1) return; // It began before we looked.
    const interrupted = this.#interrupted[at]!;
    this.#jobs.length = at;
    this.#interrupted.length = at;
    this.#switch(interrupted);
  }

  #abandon(): void {
    this.#jobs.length = 0;
    this.#interrupted.length = 0;
    this.#switch(this.#first);
  }
}

/**
 * Since version 24 Node enters the context of an AsyncResource only after it has told of it, so that the flow must be
 * asked of the resource. Where it keeps it is not documented; where it is not found, the version has no need of it.
 *
 * @returns the flow of the AsyncResource that is about to run, if that is what runs
 */
function flowOfResource(flows: AsyncLocalStorage<Lwp>): () => Lwp | undefined {
  const probe = {} as Lwp;
  const resource = flows.run(probe, () => new AsyncResource('kcovjs')) as unknown as Record<symbol, unknown>;
  const flowIn = (frame: unknown): Lwp | undefined =>
    (frame as { get?: (key: unknown) => Lwp | undefined } | null | undefined)?.get?.(flows);
  const key = Object.getOwnPropertySymbols(resource).find((symbol) => flowIn(resource[symbol]) === probe);
  if (key === undefined) return () => undefined;
  return () => flowIn((executionAsyncResource() as Record<symbol, unknown>)[key]);
}
