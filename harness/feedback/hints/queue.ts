import type { Base } from './base.ts';
import type { Steps } from './found.ts';
import type { Rank } from './goals.ts';

/** Candidates that are still to be made from one input for one comparison. */
export interface Task {
  readonly base: Base;
  /** The comparison's place, by which tasks take turns. */
  readonly site: number;
  readonly rank: Rank;
  readonly steps: Steps;
  /** Its candidates come nearer step by step, which nothing but their comparisons shows. */
  readonly isClimb?: boolean;
}

const RANKS = 6;
/** Which rank has its turn; where it has no tasks, the one that comes then. */
const TURNS: readonly Rank[] = [0, 1, 4, 3, 2, 0, 1, 4, 3, 2, 5];
/** Places of which the one that had the least effort gets a turn: the last that had new tasks. */
const CONTENDERS = 4;
const MAX_TASKS = 8192;
/** Of one place in one rank: all goals of a table. */
const MAX_OF_SITE = 192;
const MAX_BYTES = 16 << 20;

/**
 * Tasks by rank, and in each rank by place: places take turns, and those that had few go first: one
 * of them, or one long table, does not keep the others waiting. Of one place the newest comes first, mostly. What does not fit is dropped from the end.
 */
export class Queue {
  /** Candidates that a place has had. */
  readonly #efforts = new Map<number, number>();
  readonly #rings = Array.from({ length: RANKS }, () => new Ring((site) => this.effort(site)));
  #turn = 0;
  #size = 0;
  #bytes = 0;

  get size(): number {
    return this.#size;
  }

  /** Bytes of the inputs that tasks hold on to. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @param isNew whether it goes before the others of its place */
  push(task: Task, isNew: boolean): void {
    const { base } = task;
    if (base.tasks++ === 0) this.#bytes += base.input.bytes.length;
    this.#size++;
    const tooMany = this.#rings[task.rank]!.push(task, isNew);
    if (tooMany !== null) this.#dropped(tooMany);
    while (this.#size > MAX_TASKS || this.#bytes > MAX_BYTES) this.#dropLast();
  }

  /** The task whose turn it is; it stays until it is `done`. */
  next(): Task | null {
    if (this.#size === 0) return null;
    for (;;) {
      const task = this.#rings[TURNS[this.#turn++ % TURNS.length]!]!.next();
      if (task !== null) return task;
    }
  }

  /** Candidates that a place has had, those before a success counted less. */
  effort(site: number): number {
    return this.#efforts.get(site) ?? 0;
  }

  /** A place had a turn that came to a candidate. */
  spend(site: number): void {
    this.#efforts.set(site, this.effort(site) + 1);
  }

  /** A place is worth more turns: something was reached there. */
  relieve(site: number): void {
    this.#efforts.set(site, this.effort(site) >> 2);
  }

  done(task: Task): void {
    if (this.#rings[task.rank]!.remove(task)) this.#dropped(task);
  }

  #dropLast(): void {
    this.#dropped(this.#rings.findLast((ring) => ring.size > 0)!.dropLast());
  }

  #dropped({ base }: Task): void {
    this.#size--;
    if (--base.tasks === 0) this.#bytes -= base.input.bytes.length;
  }
}

/** The tasks of one rank. */
class Ring {
  readonly #sites = new Map<number, Task[]>();
  /** Those with the last new tasks come last. */
  readonly #order: number[] = [];
  #turn = 0;
  #picks = 0;
  size = 0;
  readonly #effort: (site: number) => number;

  constructor(effort: (site: number) => number) {
    this.#effort = effort;
  }

  /** @returns what had to go for it */
  push(task: Task, isNew: boolean): Task | null {
    let tasks = this.#sites.get(task.site);
    if (tasks === undefined) {
      tasks = [];
      this.#sites.set(task.site, tasks);
      this.#order.push(task.site);
    }
    if (isNew) {
      // Behind those of the same input, which are better.
      tasks.splice(tasks.findLastIndex(({ base }) => base === task.base) + 1, 0, task);
      this.#toEnd(task.site);
    } else tasks.push(task);
    this.size++;
    if (tasks.length <= MAX_OF_SITE) return null;
    this.size--;
    return tasks.pop()!;
  }

  next(): Task | null {
    if (this.size === 0) return null;
    const picks = this.#picks++;
    // One after the other, and every second time the one of some that had the least effort.
    let site = this.#order[this.#turn++ % this.#order.length]!;
    for (let i = 1; picks % 2 === 0 && i < Math.min(CONTENDERS, this.#order.length); i++) {
      const other = this.#order.at(-i)!;
      if (this.#effort(other) < this.#effort(site)) site = other;
    }
    const tasks = this.#sites.get(site)!;
    // Now and then an old one, lest it never end.
    return picks % 5 === 4 ? tasks.at(-1)! : tasks[0]!;
  }

  remove(task: Task): boolean {
    const tasks = this.#sites.get(task.site) ?? [];
    const index = tasks.indexOf(task);
    if (index === -1) return false;
    tasks.splice(index, 1);
    this.#removed(task.site, tasks);
    return true;
  }

  /** The last task of the place that has waited the longest for a new one. */
  dropLast(): Task {
    const site = this.#order[0]!;
    const tasks = this.#sites.get(site)!;
    const task = tasks.pop()!;
    this.#removed(site, tasks);
    return task;
  }

  #toEnd(site: number): void {
    if (this.#order.at(-1) === site) return;
    this.#order.splice(this.#order.indexOf(site), 1);
    this.#order.push(site);
  }

  #removed(site: number, tasks: readonly Task[]): void {
    this.size--;
    if (tasks.length > 0) return;
    this.#sites.delete(site);
    this.#order.splice(this.#order.indexOf(site), 1);
  }
}
