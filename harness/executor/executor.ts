import { type Death, faultOf } from './death.ts';
import type {
  Executed,
  ExecuteOptions,
  Executes,
  Limits,
  LoadListener,
  TargetRequest,
  Tracing,
} from './executed.ts';
import type { What } from './messages.ts';
import { ExecutorProcess } from './process.ts';

/**
 * Executes inputs in a process of its own, one after the other, whatever the target does to that process. It is started
 * when it is needed first, and anew after each death.
 */
export class Executor implements Executes {
  readonly #request: TargetRequest;
  readonly #limits: Limits;
  readonly #listener: LoadListener | undefined;
  #process: ExecutorProcess | undefined;
  /** The end of what was asked for so far. */
  #queue: Promise<unknown> = Promise.resolve();
  #closed = false;

  /** @param listener is told which code its processes load */
  constructor(request: TargetRequest, limits: Limits, listener?: LoadListener) {
    this.#request = request;
    this.#limits = limits;
    this.#listener = listener;
  }

  /** Whether what is executed next finds a process that has executed nothing yet. */
  get isFresh(): boolean {
    return this.#process?.isUsable !== true || this.#process.runs === 0;
  }

  /** @throws {UsageError} where the target cannot be loaded */
  execute(input: Uint8Array, options: ExecuteOptions = {}): Promise<Executed> {
    const { trace = false, decode = false, fresh = false } = options;
    return this.#inTurn(async () => {
      if (fresh) this.#end();
      const start = performance.now();
      const executed = await this.#attempt(input, { trace: tracingOf(trace), decode });
      if (!isDeath(executed)) return executed;
      const milliseconds = performance.now() - start;
      return { fault: faultOf(executed), milliseconds, pcs: new Uint32Array(), overflowed: false };
    });
  }

  /** What is executed from now on finds a process that nothing has touched yet. */
  restart(): Promise<void> {
    return this.#inTurn(async () => this.#end());
  }

  /** Ends the process. What waits still is refused. */
  async close(): Promise<void> {
    this.#closed = true;
    const process = this.#process;
    this.#end();
    await process?.death.catch(() => {}); // It was never there.
    await this.#queue;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(() => {
      if (this.#closed) throw new Error(CLOSED);
      return work();
    });
    this.#queue = done.catch(() => {});
    return done;
  }

  async #attempt(input: Uint8Array, what: What): Promise<Executed | Death> {
    const first = await this.#once(input, what);
    return isDeath(first.came) && !first.fresh && mayComeOfEarlier(first.came)
      ? (await this.#once(input, what)).came
      : first.came;
  }

  async #once(input: Uint8Array, what: What): Promise<{ came: Executed | Death; fresh: boolean }> {
    const process = await this.#started();
    const came = await process.run(input, what);
    if (isDeath(came)) this.#process = undefined;
    if (this.#closed) throw new Error(CLOSED);
    return { came, fresh: process.runs === 1 };
  }

  async #started(): Promise<ExecutorProcess> {
    if (this.#process?.isUsable !== true)
      this.#process = new ExecutorProcess(this.#request, this.#limits, this.#listener);
    const process = this.#process;
    try {
      await process.ready;
      return process;
    } catch (error) {
      this.#process = undefined;
      throw this.#closed ? new Error(CLOSED) : error;
    }
  }

  #end(): void {
    this.#process?.kill();
    this.#process = undefined;
  }
}

const CLOSED = 'the executor is closed';

const tracingOf = (trace: boolean | Tracing): Tracing =>
  typeof trace === 'string' ? trace : trace ? 'pcs' : 'none';

const isDeath = (came: Executed | Death): came is Death => 'stderr' in came;

/** Memory that others have filled, and a process that others have broken: it is run again where nobody was before. */
const mayComeOfEarlier = (death: Death): boolean =>
  death.words?.type === 'broken' || death.silent || faultOf(death).kind === 'oom';
