import { Budget } from './budget.ts';
import { type Literals, operandsOf } from './dictionary.ts';
import { apply, type Edit } from './edit.ts';
import { TOKEN } from './goals.ts';
import { hashBytes, hashNumbers, Recent } from './hash.ts';
import type { ComparisonLog } from './log.ts';
import { Planner } from './planner.ts';
import { Progress } from './progress.ts';
import { Queue, type Task } from './queue.ts';
import { Random } from './random.ts';
import { metAfter } from './run.ts';

export interface HintsOptions {
  /** The same seed and the same calls give the same candidates. */
  seed?: number;
  /** Literals of the code under test, from which words are tried where nothing better is known. */
  literals?: Literals;
  /** Words that somebody asks for, a bug detector or the user: each input that is new is tried with them. */
  asked?: readonly string[];
  /** Of all executions, while there is something to try; a third by default. */
  share?: number;
  /** Longest candidate, in bytes. */
  maxLength?: number;
}

/** Longest input that is learned from. */
const MAX_INPUT = 1 << 20;
/** Candidates in a row, each of which has shown progress. */
const MAX_DEPTH = 128;
/** Bytes that may be searched for one input, and in one call of `next`. */
const MAX_WORK = 64 << 20;
const WORK_PER_CALL = 1 << 18;
/** Steps in one call of `next` that come to nothing, or to what was run before. */
const STEPS_PER_CALL = 96;
const MAX_CANDIDATES = 1 << 16;
/** Longer candidates are told apart by the edits that made them. */
const MAX_HASHED = 4096;
/** Of so many of these there may be one, where nothing of the comparison was found. */
const TOKEN_LOOKS = 3;
/** Where there is little else to try, all of them are looked at. */
const FEW_TASKS = 128;
/** Of the others, one in so many. */
const SELDOM = 8;

/** What one call of `next` may still do. */
interface Limit {
  steps: number;
  work: number;
}

const NONE: ReadonlySet<number> = new Set();

interface Candidate {
  bytes: Uint8Array;
  task: Task;
  /** Where it was changed. */
  at: number;
  isNew: boolean;
}

/**
 * Hints as syzkaller has them: comparisons of an input show what it should have held. Candidates are made one at a
 * time, and what they compare in their turn tells whether they have come nearer.
 *
 * It knows neither kcov nor the fuzzer. Whoever runs the target asks `next` for each execution to come, tells with
 * `ran` what came of it, and with `learn` what it compared where that was recorded.
 */
export class Hints {
  readonly #queue = new Queue();
  readonly #budget: Budget;
  readonly #progress = new Progress();
  readonly #planner: Planner;
  readonly #random: Random;
  readonly #maxLength: number;
  readonly #candidates = new Recent(MAX_CANDIDATES);
  /** The candidate that runs now. */
  #current: Candidate | null = null;

  constructor({ seed = 1, literals, asked = [], share = 1 / 3, maxLength = MAX_INPUT }: HintsOptions = {}) {
    this.#random = new Random(seed);
    this.#planner = new Planner({
      queue: this.#queue,
      random: this.#random,
      words: literals === undefined ? [] : operandsOf(literals),
      asked,
    });
    this.#budget = new Budget(share);
    this.#maxLength = maxLength;
  }

  /** The input to run next; null where there is nothing to try, or where it is the fuzzer's turn. */
  next(): Uint8Array | null {
    this.#current = null;
    if (!this.#budget.mayTry() || this.#queue.size === 0) return null;
    const limit: Limit = { steps: STEPS_PER_CALL, work: WORK_PER_CALL };
    while (limit.steps > 0 && limit.work > 0) {
      const task = this.#queue.next();
      if (task === null) return null;
      if (this.#advance(task, limit)) return this.#current!.bytes;
    }
    return null;
  }

  /** Goes on with a task up to its next candidate. @returns whether there is one */
  #advance(task: Task, limit: Limit): boolean {
    const { input } = task.base;
    while (limit.steps > 0 && limit.work > 0) {
      const before = input.work;
      const { done, value } = task.steps.next();
      limit.work -= input.work - before;
      limit.steps--;
      if (done || input.work > MAX_WORK) this.#queue.done(task);
      if (value && this.#take(task, value)) {
        this.#queue.spend(task.site);
        return true;
      }
      if (done || input.work > MAX_WORK) return false;
    }
    return false;
  }

  /**
   * An execution is over.
   *
   * @param isNew whether it reached something new
   * @returns whether it should run once more, for its comparisons, to be learned from
   */
  ran(input: Uint8Array, { isNew }: { isNew: boolean }): boolean {
    const candidate = this.#candidateOf(input);
    if (candidate === null) return isNew;
    candidate.isNew = isNew;
    if (isNew) this.#budget.found();
    const wants = isNew || this.#isCurious(candidate.task);
    if (wants) {
      this.#budget.look();
      this.#current = candidate;
    }
    return wants;
  }

  /**
   * Learns what a run compared. After `ran` has asked for it, or for any other input that may be worth it.
   *
   * @param input is copied
   * @param isNew whether it goes before what was learned earlier: it reached something new
   */
  learn(input: Uint8Array, log: ComparisonLog, { isNew = true }: { isNew?: boolean } = {}): void {
    const candidate = this.#candidateOf(input);
    const fresh = this.#progress.add(log.sites.values());
    if (input.length > MAX_INPUT) return;
    if (candidate === null) {
      this.#planner.plan(input, log, { depth: 0, near: 0, isNew, follow: NONE, met: NONE });
      return;
    }
    const { site, base } = candidate.task;
    const met = metAfter(base, site, log);
    if (met.has(site) && this.#progress.addMet(met)) fresh.add(site);
    if (this.#isFollowed(candidate, fresh.size > 0))
      this.#planner.plan(input, log, {
        depth: base.depth + 1,
        near: candidate.at,
        isNew: candidate.isNew,
        follow: fresh,
        met,
      });
  }

  /** The candidate that runs, if that is the input; it is one no more. Until it has run, others may run before it. */
  #candidateOf(input: Uint8Array): Candidate | null {
    const candidate = this.#current;
    if (candidate === null || Buffer.compare(candidate.bytes, input) !== 0) return null;
    this.#current = null;
    return candidate;
  }

  /** Takes the edits for a candidate unless it was one before. */
  #take(task: Task, edits: readonly Edit[]): boolean {
    const { bytes } = task.base.input;
    const length = edits.reduce((sum, { remove, insert }) => sum + insert.length - remove, bytes.length);
    if (length > this.#maxLength) return false;
    let candidate: Uint8Array | null = null;
    if (length <= MAX_HASHED) candidate = apply(bytes, edits);
    if (!this.#candidates.add(candidate === null ? hashEdits(bytes.length, edits) : hashBytes(candidate)))
      return false;
    candidate ??= apply(bytes, edits);
    this.#budget.tried();
    this.#current = { bytes: candidate, task, at: edits[0]!.at, isNew: false };
    return true;
  }

  #isCurious({ base, rank, isClimb }: Task): boolean {
    if (isClimb) return true;
    base.looks -= rank >= TOKEN ? TOKEN_LOOKS : 1;
    return base.looks >= 0 || this.#queue.size < FEW_TASKS || this.#random.oneIn(SELDOM);
  }

  #isFollowed({ task, isNew }: Candidate, progress: boolean): boolean {
    if (progress || isNew) {
      this.#budget.found();
      this.#queue.relieve(task.site);
    }
    return isNew || (progress && task.base.depth < MAX_DEPTH);
  }
}

function hashEdits(length: number, edits: readonly Edit[]): number {
  return hashNumbers(length, ...edits.flatMap(({ at, remove, insert }) => [at, remove, hashBytes(insert)]));
}
