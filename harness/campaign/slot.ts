import { setTimeout } from 'node:timers/promises';
import { Rate } from './rate.ts';
import type { WorkerState } from './state.ts';
import type { TargetRun } from './target-run.ts';
import { type Death, WorkerProcess } from './worker-process.ts';

/** Milliseconds before a worker is started again whose life was short: at first, and at most. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 30_000;
/** Milliseconds that make a life a long one. */
const LONG_LIFE = 5000;

/** Which target a worker is to fuzz next, and for how long. */
export interface Turn {
  run: TargetRun;
  /** Milliseconds; undefined for good. */
  slice?: number;
}

export interface SlotOptions {
  number: number;
  /** Milliseconds since the campaign's start. */
  clock: () => number;
  /** @returns undefined where nothing is left to do */
  next: (number: number) => Turn | undefined;
}

/** The place of one worker: processes one after the other, whatever becomes of each. */
export class Slot {
  readonly #options: SlotOptions;
  #rate = new Rate();
  readonly #stopped = new AbortController();
  #process: WorkerProcess | undefined;
  #state: WorkerState['state'] = 'starting';
  #target = '';
  #executions = 0;
  #earlier = 0;
  #memory = 0;
  #restarts = 0;
  #pause = FIRST_PAUSE;
  /** Whether it keeps the input that runs: after a death that left nothing to say why. */
  #journal = false;
  /** Whether the turn of the present target has ended. */
  #isOver = false;

  constructor(options: SlotOptions) {
    this.#options = options;
  }

  /** @returns when it is over: the worker was stopped, or nothing is left to do */
  async live(): Promise<void> {
    const { next, number } = this.#options;
    while (!this.#isStopped) {
      const turn = next(number);
      if (turn === undefined) break;
      const start = performance.now();
      const death = await this.#fuzz(turn);
      this.#earlier += this.#executions;
      this.#executions = 0;
      const isKnown = turn.run.bury(number, death, this.#isOver || this.#isStopped);
      if (this.#isOver || this.#isStopped || death.leaving === 'done') continue;
      this.#restarts++;
      if (!isKnown) this.#journal = true;
      if (isKnown || performance.now() - start >= LONG_LIFE) this.#pause = FIRST_PAUSE;
      else await this.#rest();
    }
    this.#state = 'stopped';
  }

  /** Asks the worker to finish, for good. */
  stop(): void {
    this.#stopped.abort();
    this.#process?.stop();
  }

  kill(): void {
    this.#stopped.abort();
    this.#process?.kill();
  }

  get state(): WorkerState {
    const now = this.#options.clock();
    return {
      number: this.#options.number,
      target: this.#target,
      state: this.#state,
      executions: this.#earlier + this.#executions,
      rate: this.#state === 'running' ? this.#rate.at(now) : 0,
      memory: this.#memory,
      restarts: this.#restarts,
    };
  }

  get #isStopped(): boolean {
    return this.#stopped.signal.aborted;
  }

  /** One life of the worker. */
  async #fuzz({ run, slice }: Turn): Promise<Death> {
    const { number, clock } = this.#options;
    this.#target = run.plan.name;
    const process = new WorkerProcess(
      run.requestFor(number, { keepGoing: true, journal: this.#journal }),
      (message) => {
        if (message.type === 'ready') this.#state = 'running';
        if (message.type === 'stats') {
          this.#executions = message.executions;
          this.#memory = message.memory;
          this.#rate.add(message.executions, clock());
        }
        run.hear(number, message, clock());
      },
    );
    this.#process = process;
    this.#isOver = false;
    this.#rate = new Rate();
    const end = slice === undefined ? undefined : globalThis.setTimeout(() => this.#end(process), slice);
    const death = await process.ended;
    clearTimeout(end);
    this.#process = undefined;
    this.#state = 'restarting';
    return death;
  }

  #end(process: WorkerProcess): void {
    this.#isOver = true;
    process.stop();
  }

  /** A process that dies as soon as it starts, nobody knows why, must not keep the machine busy. */
  async #rest(): Promise<void> {
    await setTimeout(this.#pause, undefined, { signal: this.#stopped.signal }).catch(() => {});
    this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE);
  }
}
