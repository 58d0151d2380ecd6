import {
  CMP_WORDS,
  KCOV_BUF_MAX_ENTRIES,
  KCOV_MODE_TRACE_CMP,
  KCOV_MODE_TRACE_PC,
  KCOV_MODE_TRACE_UNIQUE_PC,
} from '../../src/abi/kcov.ts';
import type { WeakHooks } from '../../src/abi/kernel.ts';
import { boot } from '../../src/boot.ts';
import { isThenable } from '../../src/thenable.ts';
import { lwpCreate } from '../../src/user.ts';
import { Descriptor } from '../kcov/descriptor.ts';
import { Remotes } from '../kcov/remotes.ts';
import { type CompareHooks, Comparisons } from './comparisons.ts';
import { Counters, type LoadedModule, type StabilityReport } from './counters.ts';
import type { Guide } from './guide.ts';
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
  /** Makes use of what inputs compare; without it, only libFuzzer's own table of recent compares does. */
  guide?: Guide | null;
  /** Milliseconds that a run may take and still be repeated for its comparisons; no limit by default. */
  slow?: number;
  /** Whether what a run does in remote sections counts as its own; yes by default. */
  remote?: boolean;
  /**
   * Give each execution an LWP of its own, for a loop in which the event loop turns: what earlier ones left behind
   * is not taken for the current one's.
   */
  flows?: boolean;
  /**
   * Show libFuzzer nothing of an execution that failed, for who goes on after failures: such inputs do not belong
   * into a corpus.
   */
  hidesFailures?: boolean;
  /** Is called with each input that reached something new, when nothing more is executed for it; not a copy. */
  onNew?: (input: Uint8Array) => void;
}

/** What ran so far. */
export interface SessionStats {
  /** Calls of `trace`. */
  runs: number;
  /** Further executions of the same inputs, for their comparisons. */
  compareRuns: number;
  /** Further executions, to see whether what was new comes back. */
  confirmRuns: number;
  /** Inputs whose PCs did not fit the buffer: they were executed again in a trace that has each once. */
  overflows: number;
  /** Executions whose comparisons did not fit. */
  compareOverflows: number;
}

/** Records that fill the buffer; word 0 is the count. */
const MAX_PCS = KCOV_BUF_MAX_ENTRIES - 1;
const MAX_COMPARISONS = Math.floor(MAX_PCS / CMP_WORDS);

type Execute<R> = (data: Buffer) => R;

/** Why an input runs once more. */
type Purpose = 'count' | 'lost' | 'again' | 'lostAgain' | 'compare';

const MODES: Record<Purpose, number> = {
  count: KCOV_MODE_TRACE_PC,
  lost: KCOV_MODE_TRACE_UNIQUE_PC,
  again: KCOV_MODE_TRACE_PC,
  lostAgain: KCOV_MODE_TRACE_UNIQUE_PC,
  compare: KCOV_MODE_TRACE_CMP,
};

/**
 * Runs a target on a kcov descriptor of its own and hands what it traced to libFuzzer: PCs as counters, and
 * comparisons of a second run of the same input. What is new is executed again before it counts, since timers, caches
 * and what happens once only make a run differ from the next.
 */
export class Session {
  readonly stats: SessionStats = {
    runs: 0,
    compareRuns: 0,
    confirmRuns: 0,
    overflows: 0,
    compareOverflows: 0,
  };
  readonly #own = new Descriptor(KCOV_BUF_MAX_ENTRIES);
  readonly #remotes: Remotes | null;
  readonly #flows: boolean;
  readonly #counters: Counters;
  readonly #comparisons: Comparisons;
  readonly #guide: Guide | null;
  readonly #share = new Share();
  readonly #every: boolean;
  readonly #slow: number;
  readonly #hidesFailures: boolean;
  readonly #onNew: ((input: Uint8Array) => void) | undefined;
  /** The current input, since a target may write into the one that it was given. */
  #input: Buffer = Buffer.alloc(4096);
  #length = 0;
  /** Of the execution that is just over. */
  #overflowed = false;
  #pcs = 0;

  /** @throws what open(2) and ioctl(2) of `/dev/kcov` throw */
  constructor(options: SessionOptions) {
    const { hooks, kldstat, everyComparison = false, slow = Number.POSITIVE_INFINITY } = options;
    this.#remotes = (options.remote ?? true) ? new Remotes() : null;
    this.#flows = options.flows ?? false;
    this.#counters = new Counters((region) => hooks.registerModuleCounters(region), kldstat);
    this.#comparisons = new Comparisons(hooks);
    this.#guide = options.guide ?? null;
    this.#every = everyComparison;
    this.#slow = slow;
    this.#hidesFailures = options.hidesFailures ?? false;
    this.#onNew = options.onNew;
    boot().kernel.hooks = this.#listener();
  }

  /** libFuzzer's table takes strings only; hints take all. */
  #listener(): WeakHooks {
    const comparisons = this.#comparisons;
    const hints = this.#guide?.hooks;
    return {
      strcmp(pc, s1, s2) {
        comparisons.strcmp(pc, s1, s2);
        hints?.strcmp(pc, s1, s2);
      },
      strstr(pc, haystack, needle) {
        comparisons.strstr(pc, haystack, needle);
        hints?.strstr(pc, haystack, needle);
      },
      memcmp: (pc, b1, b2) => hints?.memcmp(pc, b1, b2),
      memmem: (pc, haystack, needle) => hints?.memmem(pc, haystack, needle),
      regexec: (pc, pattern, subject) => hints?.regexec(pc, pattern, subject),
    };
  }

  /** How far runs of one input are alike. */
  get stability(): StabilityReport {
    return this.#counters.stability;
  }

  /** The low halves of the PCs that were reached for the first time since the last call. */
  takeReached(): number[] {
    return this.#counters.takeReached();
  }

  /** Whether the target does not do again what it did: then new coverage counts without being seen twice. */
  get remembers(): boolean {
    return this.#counters.remembers;
  }

  /**
   * Executes an input and reports what it did.
   *
   * @param execute runs it once; called again with the same bytes where more is to be known
   * @returns what the first execution returned: a promise where that is one, settled when all is done
   * @throws what any execution throws; after an error there is no further one
   */
  trace<R>(execute: Execute<R>, data: Buffer): R {
    this.stats.runs++;
    this.#keep(data);
    this.#counters.begin();
    this.#guide?.begin();
    const start = performance.now();
    const result = this.#record('count', execute, data);
    if (!isThenable(result)) {
      for (const purpose of this.#further(start)) this.#record(purpose, execute, this.#copy());
      return result;
    }
    const settled = result.then(async (value) => {
      for (const purpose of this.#further(start)) await this.#record(purpose, execute, this.#copy());
      return value;
    });
    return settled as R;
  }

  close(): void {
    boot().kernel.hooks = null;
    this.#own.close();
    this.#remotes?.close();
  }

  /** What the input is executed for again, one after the other; each is over when the next is asked for. */
  *#further(start: number): Generator<Purpose> {
    // All executions of an input share libFuzzer's one alarm.
    const isSlow = performance.now() - start >= this.#slow;
    if (this.#overflowed && !isSlow) yield 'lost';
    let isNew = this.#counters.publish();
    if (isNew) {
      if (!isSlow && !this.#counters.remembers) {
        this.stats.confirmRuns++;
        yield 'again';
        if (this.#overflowed) yield 'lostAgain';
        this.#counters.confirm();
      }
      isNew = this.#counters.settle();
    }
    this.#share.ran(this.#pcs, isNew);
    const input = this.#input.subarray(0, this.#length);
    const isWanted = this.#guide?.ran(input, isNew) ?? false;
    if (!isSlow && (isWanted || this.#every || this.#share.wantsCompares())) {
      yield 'compare';
      this.#guide?.learn(input, isNew);
    }
    if (isNew) this.#onNew?.(input);
    this.#guide?.offer();
  }

  /** One execution on the descriptors, read back when it is over, however it ends. */
  #record<R>(purpose: Purpose, execute: Execute<R>, data: Buffer): R {
    if (purpose === 'compare') {
      this.stats.compareRuns++;
      this.#comparisons.reset();
      this.#guide?.listen();
    }
    const mode = MODES[purpose];
    this.#own.reset();
    // The sections of others cannot be traced uniquely.
    if (mode !== KCOV_MODE_TRACE_UNIQUE_PC) this.#remotes?.enable(mode);
    let result: R;
    try {
      result = this.#flows
        ? lwpCreate(() => this.#enabled(mode, execute, data))
        : this.#enabled(mode, execute, data);
    } catch (error) {
      this.#fail(purpose);
      throw error;
    }
    if (!isThenable(result)) {
      this.#finish(purpose);
      return result;
    }
    const settled = Promise.resolve(result).then(
      (value) => {
        this.#finish(purpose);
        return value;
      },
      (error: unknown) => {
        this.#fail(purpose);
        throw error;
      },
    );
    return settled as R;
  }

  #enabled<R>(mode: number, execute: Execute<R>, data: Buffer): R {
    if (mode === KCOV_MODE_TRACE_UNIQUE_PC) this.#own.enableUnique();
    else this.#own.enable(mode);
    return execute(data);
  }

  /** After an error nothing is asked any more, so libFuzzer is shown what there is, or nothing. */
  #fail(purpose: Purpose): void {
    this.#finish(purpose);
    if (this.#hidesFailures) this.#counters.hide();
    else this.#counters.publish();
  }

  #finish(purpose: Purpose): void {
    // An LWP of its own has ended by now, and with it its trace.
    if (!this.#flows) this.#own.disable();
    if (purpose === 'lost') this.#counters.countLost(this.#own.words);
    else if (purpose === 'lostAgain') this.#counters.countLostAgain(this.#own.words);
    else this.#readBack(purpose);
  }

  #readBack(purpose: 'count' | 'again' | 'compare'): void {
    const remote = (this.#remotes?.disable() ?? []).map(({ descriptor }) => descriptor);
    const limit = purpose === 'compare' ? MAX_COMPARISONS : MAX_PCS;
    this.#pcs = 0;
    this.#overflowed = false;
    for (const trace of [this.#own, ...remote]) {
      const { words, count } = trace;
      if (count >= limit) this.#overflowed = true;
      this.#pcs += count;
      if (purpose === 'count') this.#counters.count(words);
      else if (purpose === 'again') this.#counters.countAgain(words);
      else {
        this.#comparisons.report(words);
        this.#guide?.numbers(words);
      }
    }
    if (this.#overflowed && purpose === 'count') this.stats.overflows++;
    if (purpose !== 'compare') return;
    if (this.#overflowed) this.stats.compareOverflows++;
    this.#share.compared(this.#pcs);
  }

  #keep(data: Buffer): void {
    if (data.length > this.#input.length) this.#input = Buffer.alloc(2 * data.length);
    this.#input.set(data);
    this.#length = data.length;
  }

  #copy(): Buffer {
    return Buffer.from(this.#input.subarray(0, this.#length));
  }
}
