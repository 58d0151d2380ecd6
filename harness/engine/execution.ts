import { isThenable } from '../../src/thenable.ts';
import { type Drain, NO_DRAIN } from './drain.ts';
import type { Endings } from './ending.ts';
import type { Callbacks, Findings } from './jazzer.ts';
import { StackLimit } from './stack-limit.ts';

/** `fuzz(data)`, which may return a promise, or `fuzz(data, done)`. */
export interface FuzzTarget {
  (data: Buffer, done?: (error?: unknown) => void): unknown;
  /** What the input means to it, where it knows that: its values, one a line. */
  decode?(data: Uint8Array): string[];
}

/** Ends the loop, which cannot wait for a promise; it is not a finding. */
export class PromiseSeen extends Error {}

const ignore = (): void => {};

type Around = Pick<Callbacks, 'runBeforeEachCallbacks' | 'runAfterEachCallbacks'>;

/** What was thrown, which may be undefined. */
export type Failure = { error: unknown } | undefined;

/**
 * One execution of a target as Jazzer.js does it: the callbacks of bug detectors and custom hooks run around it,
 * and what a detector reported is thrown rather than what the target made of it.
 */
export class Execution {
  readonly #target: FuzzTarget;
  readonly #callbacks: Around;
  readonly #findings: Pick<Findings, 'clearFirstFinding'>;
  readonly #drain: Drain;
  readonly #endings: Endings | undefined;
  readonly #limit = new StackLimit();
  /** Whether errors have stacks that are made during an execution. */
  stackTraces = true;
  /** Whether what the last execution failed with reached nobody: a rejection, or an error of a timer. */
  unhandled = false;
  /** Ends the execution that is waited for. */
  #fail: ((error: unknown) => void) | undefined;
  /** The first error that reached nobody, of this execution or from before it. */
  #late: Failure;

  /**
   * @param drain what the target has left for the end of the tick belongs to its execution
   * @param endings what the target was refused, where that is so
   */
  constructor(
    target: FuzzTarget,
    callbacks: Around,
    findings: Pick<Findings, 'clearFirstFinding'>,
    drain: Drain = NO_DRAIN,
    endings?: Endings,
  ) {
    this.#target = target;
    this.#callbacks = callbacks;
    this.#findings = findings;
    this.#drain = drain;
    this.#endings = endings;
  }

  /**
   * In a loop that blocks the event loop.
   *
   * @throws a finding; PromiseSeen where the target returns a promise and `promises` are not ignored
   */
  sync(data: Buffer, promises: 'stop' | 'ignore'): void {
    let failure: Failure;
    if (!this.stackTraces) this.#limit.off();
    try {
      this.#callbacks.runBeforeEachCallbacks();
      const target = this.#target; // Called as a function: we are nobody's `this`.
      const result = target(data);
      if (isThenable(result)) {
        result.then(ignore, ignore);
        if (promises === 'stop') this.#stop();
      }
    } catch (error) {
      if (error instanceof PromiseSeen) {
        this.#limit.restore();
        throw error;
      }
      failure = { error };
    }
    this.#drain.now();
    this.#finish(failure);
  }

  /** What a detector found by now will be found again in the other loop. */
  #stop(): never {
    this.#findings.clearFirstFinding();
    throw new PromiseSeen('the target returned a promise');
  }

  /** In a loop that gives the event loop its turns. @returns rejects with a finding */
  async async(data: Buffer): Promise<void> {
    let failure: Failure;
    if (!this.stackTraces) this.#limit.off();
    try {
      this.#callbacks.runBeforeEachCallbacks();
      const target = this.#target;
      await this.#settled(target.length < 2 ? target(data) : this.#call(target, data));
    } catch (error) {
      failure = { error };
    }
    await this.#drain.later();
    this.#fail = undefined;
    this.#finish(failure);
  }

  /** Reports an error that reached nobody, such as one of a timer, as a finding of the current execution. */
  uncaught(error: unknown): void {
    this.#late ??= { error };
    this.#fail?.(error);
  }

  #settled(result: unknown): unknown {
    if (!isThenable(result)) return result;
    // A detector that has reported need not be waited for: what it interrupted may never settle.
    const found = this.#findings.clearFirstFinding();
    if (found !== undefined) {
      result.then(ignore, ignore);
      throw found;
    }
    return new Promise((resolve, reject) => {
      this.#fail = reject;
      result.then(resolve, reject);
    });
  }

  /** A target with a callback, as a promise. */
  #call(target: FuzzTarget, data: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      let called = false;
      const done = (error?: unknown): void => {
        if (called)
          this.uncaught(new Error('Expected done to be called once, but it was called multiple times.'));
        called = true;
        if (error === undefined || error === null) resolve();
        else reject(error);
      };
      const result = target(data, done);
      if (!isThenable(result)) return;
      result.then(ignore, ignore);
      reject(new Error('Internal fuzzer error - Either async or done callback based fuzz tests allowed.'));
    });
  }

  #finish(failure: Failure): void {
    let last = failure ?? this.#late;
    this.unhandled = this.#late !== undefined && this.#late.error === last?.error;
    this.#late = undefined;
    const ending = this.#endings?.take();
    if (ending !== undefined) last = { error: ending };
    try {
      this.#callbacks.runAfterEachCallbacks();
    } catch (error) {
      last ??= { error };
    }
    this.#limit.restore();
    const found = this.#findings.clearFirstFinding();
    if (found !== undefined) throw found;
    // Nobody would notice `throw undefined` further out.
    if (last !== undefined) throw last.error || new Error(`Uncaught ${String(last.error)}`);
  }
}
