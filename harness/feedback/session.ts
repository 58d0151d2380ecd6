import {
  CMP_WORDS,
  KCOV_BUF_MAX_ENTRIES,
  KCOV_MODE_TRACE_CMP,
  KCOV_MODE_TRACE_PC,
} from '../../src/abi/kcov.ts';
import { boot } from '../../src/boot.ts';
import { lwpCreate } from '../../src/user.ts';
import { Descriptor } from '../kcov/descriptor.ts';
import { Remotes } from '../kcov/remotes.ts';
import { type CompareHooks, Comparisons } from './comparisons.ts';
import { Counters, type LoadedModule } from './counters.ts';
import { Share } from './share.ts';

/** libFuzzer's side of the feedback. */
export interface FeedbackHooks extends CompareHooks {
  registerModuleCounters(counters: Buffer): void;
}

export interface SessionOptions {
  hooks: FeedbackHooks;
  kldstat: () => readonly LoadedModule[];
  /** Trace comparisons of every run, for who collects values of comparisons and not only their operands. */
  everyComparison?: boolean;
  /** Milliseconds that a run may take and still be repeated for its comparisons; no limit by default. */
  slow?: number;
  /** Whether what a run does in remote sections counts as its own; yes by default. */
  remote?: boolean;
  /**
   * Give each execution an LWP of its own, for a loop in which the event loop turns: what earlier ones left behind
   * is not taken for the current one's.
   */
  flows?: boolean;
}

/** What ran so far. */
export interface SessionStats {
  /** Calls of `trace`. */
  runs: number;
  /** Further executions of the same inputs, for their comparisons. */
  compareRuns: number;
  /** Executions whose trace did not fit the buffer. */
  overflows: number;
}

/** Records that fill the buffer; word 0 is the count. */
const MAX_PCS = KCOV_BUF_MAX_ENTRIES - 1;
const MAX_COMPARISONS = Math.floor(MAX_PCS / CMP_WORDS);

type Execute<R> = (data: Buffer) => R;

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function';

/**
 * Runs a target on a kcov descriptor of its own and hands what it traced to libFuzzer: PCs of every run as
 * counters, and comparisons of a second run of the same input, where the first found something new and from time
 * to time, so that libFuzzer's table of recent compares stays fed.
 */
export class Session {
  readonly stats: SessionStats = { runs: 0, compareRuns: 0, overflows: 0 };
  readonly #own = new Descriptor(KCOV_BUF_MAX_ENTRIES);
  readonly #remotes: Remotes | null;
  readonly #flows: boolean;
  readonly #counters: Counters;
  readonly #comparisons: Comparisons;
  readonly #share = new Share();
  readonly #every: boolean;
  readonly #slow: number;
  /** The current input, since a target may write into the one that it was given. */
  #input: Buffer = Buffer.alloc(4096);

  /** @throws what open(2) and ioctl(2) of `/dev/kcov` throw */
  constructor(options: SessionOptions) {
    const { hooks, kldstat, everyComparison = false, slow = Number.POSITIVE_INFINITY } = options;
    this.#remotes = (options.remote ?? true) ? new Remotes() : null;
    this.#flows = options.flows ?? false;
    this.#counters = new Counters(
      (region) => hooks.registerModuleCounters(region),
      kldstat,
      KCOV_BUF_MAX_ENTRIES,
    );
    this.#comparisons = new Comparisons(hooks);
    this.#every = everyComparison;
    this.#slow = slow;
    boot().kernel.__sanitizer_weak_hook_strcmp = (pc, s1, s2) => this.#comparisons.strcmp(pc, s1, s2);
  }

  /**
   * Executes an input and reports what it did.
   *
   * @param execute runs it once; called a second time with the same bytes where comparisons are wanted
   * @returns what the first execution returned: a promise where that is one, settled when all is done
   * @throws what either execution throws; after an error there is no second one
   */
  trace<R>(execute: Execute<R>, data: Buffer): R {
    this.stats.runs++;
    this.#keep(data);
    const start = performance.now();
    const result = this.#tracePc(execute, data);
    if (!isThenable(result)) {
      if (this.#wantsCompares(start)) this.#traceCmp(execute, data.length);
      return result;
    }
    const settled = result.then(async (value) => {
      if (this.#wantsCompares(start)) await this.#traceCmp(execute, data.length);
      return value;
    });
    return settled as R;
  }

  close(): void {
    boot().kernel.__sanitizer_weak_hook_strcmp = null;
    this.#own.close();
    this.#remotes?.close();
  }

  #tracePc<R>(execute: Execute<R>, data: Buffer): R {
    return this.#record(KCOV_MODE_TRACE_PC, execute, data);
  }

  #traceCmp<R>(execute: Execute<R>, length: number): R {
    this.stats.compareRuns++;
    this.#comparisons.reset();
    return this.#record(KCOV_MODE_TRACE_CMP, execute, Buffer.from(this.#input.subarray(0, length)));
  }

  /** One execution on the descriptors, read back when it is over, however it ends. */
  #record<R>(mode: number, execute: Execute<R>, data: Buffer): R {
    this.#own.reset();
    this.#remotes?.enable(mode);
    let result: R;
    try {
      result = this.#flows
        ? lwpCreate(() => this.#enabled(mode, execute, data))
        : this.#enabled(mode, execute, data);
    } catch (error) {
      this.#finish(mode);
      throw error;
    }
    if (!isThenable(result)) {
      this.#finish(mode);
      return result;
    }
    const settled = Promise.resolve(result).finally(() => this.#finish(mode));
    return settled as R;
  }

  #enabled<R>(mode: number, execute: Execute<R>, data: Buffer): R {
    this.#own.enable(mode);
    return execute(data);
  }

  #finish(mode: number): void {
    // An LWP of its own has ended by now, and with it its trace.
    if (!this.#flows) this.#own.disable();
    const traces = [this.#own, ...(this.#remotes?.disable() ?? []).map(({ descriptor }) => descriptor)];
    if (mode === KCOV_MODE_TRACE_PC) this.#countPcs(traces);
    else this.#reportComparisons(traces);
  }

  #countPcs(traces: Descriptor[]): void {
    let isNew = false;
    let count = 0;
    for (const trace of traces) {
      isNew = this.#counters.count(trace.words) || isNew;
      count += trace.count;
      if (trace.count >= MAX_PCS) this.stats.overflows++;
    }
    this.#share.ran(count, isNew);
  }

  #reportComparisons(traces: Descriptor[]): void {
    let count = 0;
    for (const trace of traces) {
      this.#comparisons.report(trace.words);
      count += trace.count;
      if (trace.count >= MAX_COMPARISONS) this.stats.overflows++;
    }
    this.#share.compared(count);
  }

  #wantsCompares(start: number): boolean {
    if (!this.#every && !this.#share.wantsCompares()) return false;
    return performance.now() - start < this.#slow;
  }

  #keep(data: Buffer): void {
    if (data.length > this.#input.length) this.#input = Buffer.alloc(2 * data.length);
    this.#input.set(data);
  }
}
