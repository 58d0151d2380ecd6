import type { WeakHooks } from '../../src/abi/kernel.ts';
import type { Hints } from './hints/hints.ts';
import { ComparisonLog } from './hints/log.ts';
import { TimeShare } from './time-share.ts';

/** Where a candidate waits to be the fuzzer's next input. */
export interface CandidateBox {
  offer(candidate: Uint8Array): void;
  /** Whether one waits; when it no longer does, it is the input that runs. */
  readonly pending: boolean;
  /** Bytes to which the fuzzer's own mutations may lengthen an input. */
  set limit(bytes: number);
}

/** How long the fuzzer's own mutations may make an input. */
export interface Lengths {
  readonly limit: number;
  seed(length: number): void;
  run(isNew: boolean): void;
}

export interface GuideOptions {
  box: CandidateBox;
  hints: Hints;
  lengths: Lengths;
  time?: TimeShare;
}

/** Turns what inputs compare into what the fuzzer runs next. */
export class Guide {
  /** To be told of the comparisons of a run that is learned from. */
  readonly hooks: WeakHooks;
  readonly #log = new ComparisonLog();
  readonly #box: CandidateBox;
  readonly #hints: Hints;
  readonly #lengths: Lengths;
  readonly #time: TimeShare;
  /** Whether what was offered last has not been run yet. */
  #offered = false;
  /** Whether what is recorded now is learned from. */
  #learns = false;
  /** Whether the current input is what was offered. */
  #isCandidate = false;

  constructor({ box, hints, lengths, time = new TimeShare() }: GuideOptions) {
    this.#time = time;
    this.#box = box;
    this.#hints = hints;
    this.#lengths = lengths;
    this.hooks = this.#log;
    box.limit = lengths.limit;
  }

  /** An input is about to run. */
  begin(): void {
    this.#isCandidate = this.#offered && !this.#box.pending;
    if (this.#isCandidate) this.#offered = false;
    this.#time.runs(this.#isCandidate);
  }

  /**
   * It has run.
   *
   * @returns whether it should run once more, for its comparisons
   */
  ran(input: Uint8Array, isNew: boolean): boolean {
    // What hints have made may have any length; what else is new was in the corpus or is no longer than the limit.
    if (isNew && !this.#isCandidate) this.#lengths.seed(input.length);
    this.#lengths.run(isNew);
    this.#box.limit = this.#lengths.limit;
    if (isNew) this.#time.found();
    const isWanted = this.#hints.ran(input, { isNew });
    return isWanted && this.#time.mayLearn && (isNew || this.#time.isThere);
  }

  /** Its comparisons are about to be recorded. */
  listen(): void {
    // Seeds come one after the other, while a candidate of the first waits.
    this.#learns = this.#time.mayLearn && (!this.#offered || this.#time.isThere);
    this.#time.begin();
    this.#log.clear();
  }

  /** @param words the CMP buffer in 32-bit words; several where there were remote sections */
  numbers(words: Int32Array): void {
    if (this.#learns) this.#log.numbers(words);
  }

  learn(input: Uint8Array, isNew: boolean): void {
    if (this.#learns) this.#hints.learn(input, this.#log, { isNew });
    this.#time.learned();
  }

  /** The fuzzer is about to choose its next input. */
  offer(): void {
    if (this.#offered || !this.#time.isThere) return;
    this.#time.begin();
    const candidate = this.#hints.next();
    this.#time.end();
    if (candidate === null || candidate.length === 0) return;
    this.#box.offer(candidate);
    this.#offered = true;
  }
}
