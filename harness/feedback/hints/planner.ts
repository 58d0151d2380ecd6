import { arithmetic, climbing } from './arithmetic.ts';
import { asked } from './asked.ts';
import type { Base } from './base.ts';
import { combined } from './combined.ts';
import { found, type Steps } from './found.ts';
import { ASKED, CONSTANT, FOLLOW, type Rank, type RankedGoal, REST, TOKEN, VARIABLE } from './goals.ts';
import { grown } from './grown.ts';
import { hashNumbers, hashText } from './hash.ts';
import { Input } from './input.ts';
import { lengths } from './lengths.ts';
import type { ComparisonLog } from './log.ts';
import { keyOf, type Operand } from './operand.ts';
import { placed } from './placed.ts';
import type { Queue, Task } from './queue.ts';
import type { Random } from './random.ts';
import { goalsInTurn, separatorsOf, sitesOf, unmetOf } from './run.ts';
import { Samples } from './samples.ts';
import { sprinkled } from './sprinkled.ts';

/** Goals of a place that are tried all at once with those of others, and that go on from progress. */
const MAX_COMBINED_OF_SITE = 16;
const MAX_FOLLOWED = 8;
/** How often tokens for one wanted operand are tried early, and at all, where the input reached nothing new. */
const FIRST_TOKENS = 2;
const MAX_TOKENS = 8;
/** Places and operands whose tries are counted. */
const MAX_TRIES = 1 << 16;
/** Candidates of one input whose comparisons are looked at, where it has shown progress itself and where not. */
const MANY_LOOKS = 192;
const LOOKS = 48;

/** Sites of tasks that belong to no comparison. */
const COMBINED = 0;
const DICTIONARY = 1;
const GROWN = 2;
/** Below all PCs: inputs take turns with the words that are asked for. */
const WORDS = -(2 ** 40);

/** How an input is learned from. */
export interface Plan {
  depth: number;
  near: number;
  /** Whether it reached something new, rather than came nearer to a goal. */
  isNew: boolean;
  /** Places at which it has come nearer to a goal. */
  follow: ReadonlySet<number>;
  met: ReadonlySet<number>;
}

/** How a goal is pursued. */
interface Pursuit {
  separators: readonly string[];
  isNew: boolean;
  /** Whether its place has come nearer to a goal. */
  isFollowed: boolean;
}

export interface PlannerParts {
  queue: Queue;
  random: Random;
  /** Literals of the code, tried where nothing better is known. */
  words: readonly Operand[];
  /** Words that somebody asks for. */
  asked: readonly string[];
}

/** Makes tasks of what a run compared: which goals are worth it, in which order, and what is tried for each. */
export class Planner {
  readonly #queue: Queue;
  readonly #random: Random;
  readonly #samples: Samples;
  readonly #words: readonly Operand[];
  readonly #asked: readonly string[];
  /** For each place and wanted operand, how often its tokens were tried. */
  #tokenTries = new Map<number, number>();
  /** Inputs that were tried with words that are asked for. */
  #bases = 0;

  constructor({ queue, random, words, asked }: PlannerParts) {
    this.#queue = queue;
    this.#random = random;
    this.#samples = new Samples(random);
    this.#words = words;
    this.#asked = asked;
  }

  /** Makes tasks for all that a run compared. @param input is copied */
  plan(input: Uint8Array, log: ComparisonLog, { depth, near, isNew, follow, met }: Plan): void {
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
    if (this.#tokenTries.size >= MAX_TRIES) this.#tokenTries = new Map();
    const tries = (this.#tokenTries.get(key) ?? 0) + 1;
    this.#tokenTries.set(key, tries);
    return tries;
  }
}
