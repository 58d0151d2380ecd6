import { arithmetic, climbing } from './arithmetic.ts';
import { asked } from './asked.ts';
import type { Base } from './base.ts';
import { Budget } from './budget.ts';
import { combined } from './combined.ts';
import { type Literals, operandsOf } from './dictionary.ts';
import { apply, type Edit } from './edit.ts';
import { found, type Steps } from './found.ts';
import { ASKED, CONSTANT, FOLLOW, type Rank, type RankedGoal, REST, TOKEN, VARIABLE } from './goals.ts';
import { grown } from './grown.ts';
import { hashBytes, hashNumbers, hashText, Recent } from './hash.ts';
import { Input } from './input.ts';
import { lengths } from './lengths.ts';
import type { ComparisonLog } from './log.ts';
import { keyOf, type Operand } from './operand.ts';
import { placed } from './placed.ts';
import { Progress } from './progress.ts';
import { Queue, type Task } from './queue.ts';
import { Random } from './random.ts';
import { goalsInTurn, metAfter, separatorsOf, sitesOf, unmetOf } from './run.ts';
import { Samples } from './samples.ts';
import { sprinkled } from './sprinkled.ts';

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
/** Goals of a place that are tried all at once with those of others, and that go on from progress. */
const MAX_COMBINED_OF_SITE = 16;
const MAX_FOLLOWED = 8;
/** Bytes that may be searched for one input, and in one call of `next`. */
const MAX_WORK = 64 << 20;
const WORK_PER_CALL = 1 << 18;
/** Steps in one call of `next` that come to nothing, or to what was run before. */
const STEPS_PER_CALL = 96;
const MAX_CANDIDATES = 1 << 16;
/** Longer candidates are told apart by the edits that made them. */
const MAX_HASHED = 4096;
/** How often tokens for one wanted operand are tried early, and at all, where the input reached nothing new. */
const FIRST_TOKENS = 2;
const MAX_TOKENS = 8;
/** Candidates of one input whose comparisons are looked at, where it has shown progress itself and where not. */
const MANY_LOOKS = 192;
const LOOKS = 48;
/** Of so many of these there may be one, where nothing of the comparison was found. */
const TOKEN_LOOKS = 3;
/** Where there is little else to try, all of them are looked at. */
const FEW_TASKS = 128;
/** Of the others, one in so many. */
const SELDOM = 8;

/** Sites of tasks that belong to no comparison. */
const COMBINED = 0;
const DICTIONARY = 1;
const GROWN = 2;
/** Below all PCs: inputs take turns with the words that are asked for. */
const WORDS = -(2 ** 40);

/** How an input is learned from. */
interface Plan {
  depth: number;
  near: number;
  /** Whether it reached something new, rather than came nearer to a goal. */
  isNew: boolean;
  /** Places at which it has come nearer to a goal. */
  follow: ReadonlySet<number>;
  met: ReadonlySet<number>;
}

const NONE: ReadonlySet<number> = new Set();

/** How a goal is pursued. */
interface Pursuit {
  separators: readonly string[];
  isNew: boolean;
  /** Whether its place has come nearer to a goal. */
  isFollowed: boolean;
}

/** What one call of `next` may still do. */
interface Limit {
  steps: number;
  work: number;
}

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
  readonly #samples: Samples;
  readonly #random: Random;
  readonly #words: readonly Operand[];
  readonly #asked: readonly string[];
  readonly #maxLength: number;
  readonly #candidates = new Recent(MAX_CANDIDATES);
  /** For each place and wanted operand, how often its tokens were tried. */
  #tokenTries = new Map<number, number>();
  /** Inputs that were tried with words that are asked for. */
  #bases = 0;
  /** The candidate that runs now. */
  #current: Candidate | null = null;

  constructor({ seed = 1, literals, asked = [], share = 1 / 3, maxLength = MAX_INPUT }: HintsOptions = {}) {
    this.#random = new Random(seed);
    this.#samples = new Samples(this.#random);
    this.#budget = new Budget(share);
    this.#words = literals === undefined ? [] : operandsOf(literals);
    this.#asked = asked;
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
      this.#plan(input, log, { depth: 0, near: 0, isNew, follow: NONE, met: NONE });
      return;
    }
    const { site, base } = candidate.task;
    const met = metAfter(base, site, log);
    if (met.has(site) && this.#progress.addMet(met)) fresh.add(site);
    if (this.#isFollowed(candidate, fresh.size > 0))
      this.#plan(input, log, {
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

  /** Makes tasks for all that a run compared. */
  #plan(input: Uint8Array, log: ComparisonLog, { depth, near, isNew, follow, met }: Plan): void {
    const base: Base = {
      input: new Input(Uint8Array.from(input)),
      depth,
      near,
      unmet: unmetOf(log),
      met,
      looks: depth > 0 ? MANY_LOOKS : LOOKS,
      tasks: 0,
    };
    const sites = sitesOf(log, (site) => this.#queue.effort(site));
    const separators = separatorsOf(sites);
    const tasks: Task[] = [];
    const first: RankedGoal[] = [];
    for (const { site, goal, place } of goalsInTurn(sites, this.#samples)) {
      if (place < MAX_COMBINED_OF_SITE) first.push(goal);
      const isFollowed = follow.has(site) && place < MAX_FOLLOWED;
      const steps = this.#pursue(base, site, goal, { separators, isNew, isFollowed });
      tasks.push({ base, site, rank: isFollowed ? FOLLOW : goal.rank, steps });
    }
    const add = (site: number, rank: Rank, steps: Steps) => tasks.push({ base, site, rank, steps });
    if (first.length > 1) add(COMBINED, CONSTANT, combined(base.input, first));
    const [goingOn] = follow;
    add(goingOn ?? GROWN, goingOn === undefined ? REST : FOLLOW, grown(base.input));
    if (isNew && this.#asked.length > 0)
      add(WORDS - this.#bases++, ASKED, asked(base.input, this.#asked, this.#random.fork()));
    add(DICTIONARY, REST, sprinkled(base.input, this.#words, this.#random.fork()));
    for (const task of tasks) this.#queue.push(task, isNew || depth > 0);
  }

  /** All that is tried for a goal; what comes after the likeliest are tasks of their own, of a lower rank. */
  *#pursue(base: Base, site: number, goal: RankedGoal, { separators, isNew, isFollowed }: Pursuit): Steps {
    const { seen, wanted } = goal;
    const { input } = base;
    let isFound = false;
    for (const edits of found(input, goal, base.near)) {
      isFound ||= edits !== null;
      yield edits;
    }
    const push = (rank: Rank, steps: Steps, isClimb = false) =>
      this.#queue.push({ base, site, rank, steps, isClimb }, isNew || base.depth > 0);
    if (seen.type === 'number' && wanted.type === 'number') {
      push(VARIABLE, lengths(input, seen, wanted, separators));
      if (!goal.isGuess) {
        push(TOKEN, arithmetic(input, seen, wanted));
        push(isFollowed ? CONSTANT : TOKEN, climbing(input, seen, wanted, base.near), isFollowed);
      }
    }
    const tries = this.#tokenTry(site, wanted);
    const isLikely = !isFound && !goal.isGuess && (isNew || tries <= FIRST_TOKENS);
    if (isNew || tries <= MAX_TOKENS) push(isLikely ? TOKEN : REST, placed(input, wanted));
  }

  #tokenTry(site: number, wanted: Operand): number {
    const key = hashNumbers(site, hashText(keyOf(wanted)));
    if (this.#tokenTries.size >= MAX_CANDIDATES) this.#tokenTries = new Map();
    const tries = (this.#tokenTries.get(key) ?? 0) + 1;
    this.#tokenTries.set(key, tries);
    return tries;
  }
}

function hashEdits(length: number, edits: readonly Edit[]): number {
  return hashNumbers(length, ...edits.flatMap(({ at, remove, insert }) => [at, remove, hashBytes(insert)]));
}
