import {
  CMP_WORDS,
  KCOV_BUF_MAX_ENTRIES,
  KCOV_ENTRY_SIZE,
  KCOV_IOC_DISABLE,
  KCOV_IOC_ENABLE,
  KCOV_IOC_SETBUFSIZE,
  KCOV_MODE_TRACE_CMP,
  KCOV_MODE_TRACE_PC,
} from '../../src/abi/kcov.ts';
import { MAP_SHARED, PROT_READ, PROT_WRITE } from '../../src/abi/mman.ts';
import { boot } from '../../src/boot.ts';
import { close, ioctl, mmap, open } from '../../src/user.ts';
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
  readonly #fd: number;
  readonly #words: Int32Array;
  readonly #counters: Counters;
  readonly #comparisons: Comparisons;
  readonly #share = new Share();
  readonly #every: boolean;
  readonly #slow: number;
  /** The current input, since a target may write into the one that it was given. */
  #input: Buffer = Buffer.alloc(4096);

  /** @throws what open(2) and ioctl(2) of `/dev/kcov` throw */
  constructor({ hooks, kldstat, everyComparison = false, slow = Number.POSITIVE_INFINITY }: SessionOptions) {
    this.#fd = open('/dev/kcov');
    ioctl(this.#fd, KCOV_IOC_SETBUFSIZE, KCOV_BUF_MAX_ENTRIES);
    const bytes = KCOV_BUF_MAX_ENTRIES * KCOV_ENTRY_SIZE;
    const area = mmap(bytes, PROT_READ | PROT_WRITE, MAP_SHARED, this.#fd, 0);
    this.#words = new Int32Array(area.buffer, area.byteOffset, 2 * KCOV_BUF_MAX_ENTRIES);
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
    close(this.#fd);
  }

  #tracePc<R>(execute: Execute<R>, data: Buffer): R {
    return this.#record(KCOV_MODE_TRACE_PC, execute, data);
  }

  #traceCmp<R>(execute: Execute<R>, length: number): R {
    this.stats.compareRuns++;
    this.#comparisons.reset();
    return this.#record(KCOV_MODE_TRACE_CMP, execute, Buffer.from(this.#input.subarray(0, length)));
  }

  /** One execution on the descriptor, read back when it is over, however it ends. */
  #record<R>(mode: number, execute: Execute<R>, data: Buffer): R {
    this.#words[0] = 0;
    ioctl(this.#fd, KCOV_IOC_ENABLE, mode);
    let result: R;
    try {
      result = execute(data);
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

  #finish(mode: number): void {
    ioctl(this.#fd, KCOV_IOC_DISABLE);
    const count = this.#words[0]!;
    if (mode === KCOV_MODE_TRACE_PC) {
      const isNew = this.#counters.count(this.#words);
      this.#share.ran(count, isNew);
      if (count >= MAX_PCS) this.stats.overflows++;
    } else {
      this.#comparisons.report(this.#words);
      this.#share.compared(count);
      if (count >= MAX_COMPARISONS) this.stats.overflows++;
    }
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
