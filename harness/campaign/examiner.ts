import { minimize } from '../corpus/minimize.ts';
import type { Limits, TargetRequest } from '../executor/executed.ts';
import { Executor } from '../executor/executor.ts';
import { type Fault, isDeadly } from '../executor/fault.ts';
import { titleOf } from '../findings/title.ts';

/** Runs that tell how reliably an input fails. */
const RERUNS = 10;
/** Runs until one fails, for what may not come each time. */
const ATTEMPTS = 3;
/** Milliseconds and runs for making an input smaller. */
const MINIMIZING = 30_000;
/** Where each that fails costs a process. */
const MINIMIZING_DEATHS = 10_000;
const MANY = 20_000;
/** Of the time limit, what a run that is known to hang is given. */
const HANG_SHARE = 1 / 5;
const SHORTEST_HANG = 500;

/** What is known of an input that fails after it was looked at. */
export interface Examined {
  /** The smallest that fails in the same way. */
  input: Uint8Array;
  /** Of ten runs of it, those that failed so. */
  reproduced: number;
  /** What the target read of it, where it decodes. */
  decoded?: readonly string[];
}

/** Runs inputs again that have failed, in processes of its own. */
export class Examiner {
  readonly #request: TargetRequest;
  readonly #limits: Limits;
  readonly #signal: AbortSignal;
  /** By their time limits. */
  readonly #executors = new Map<number, Executor>();

  /** @param signal ends what is under way, with what is known by then */
  constructor(request: TargetRequest, limits: Limits, signal: AbortSignal) {
    this.#request = request;
    this.#limits = limits;
    this.#signal = signal;
  }

  /**
   * Runs an input until it fails, in the way that is known if that is known.
   *
   * @returns undefined where it does not fail
   */
  async attempt(input: Uint8Array, known: Fault | undefined): Promise<Fault | undefined> {
    const key = known && titleOf(known).key;
    let other: Fault | undefined;
    for (let i = 0; i < ATTEMPTS && !this.#signal.aborted; i++) {
      const { fault } = await this.#executor().execute(input);
      if (fault === null) continue;
      if (key === undefined || titleOf(fault).key === key) return fault;
      other ??= fault;
    }
    return other;
  }

  /** Makes an input smaller and tells how reliably it fails. @param key of the title of `fault` */
  async examine(input: Uint8Array, fault: Fault, key: string): Promise<Examined> {
    const executor = this.#executor(fault);
    const isDeath = fault.kind === 'timeout' || fault.kind === 'oom';
    const milliseconds = isDeath ? MINIMIZING_DEATHS : MINIMIZING;
    const bounds = { milliseconds, executions: MANY, signal: this.#signal };
    const { title, data } = await minimize(input, executor, bounds);
    // One that fails in this way now and then only stays as it is.
    const smallest = title?.key === key ? data : input;
    let reproduced = 0;
    for (let i = 0; i < RERUNS && !this.#signal.aborted; i++) {
      const { fault: again } = await executor.execute(smallest);
      if (again !== null && titleOf(again).key === key) reproduced++;
    }
    const decoded = isDeadly(fault.kind) ? [] : await this.#decoded(smallest);
    return { input: smallest, reproduced, ...(decoded.length > 0 && { decoded }) };
  }

  async #decoded(input: Uint8Array): Promise<readonly string[]> {
    if (this.#signal.aborted) return [];
    return (await this.#executor().execute(input, { decode: true })).decoded ?? [];
  }

  async close(): Promise<void> {
    await Promise.all([...this.#executors.values()].map((one) => one.close()));
  }

  /** For what hangs one that does not wait as long each time. */
  #executor(fault?: Fault): Executor {
    const { timeout: longest } = this.#limits;
    const timeout = fault?.kind === 'timeout' ? Math.max(SHORTEST_HANG, longest * HANG_SHARE) : longest;
    const executor =
      this.#executors.get(timeout) ?? new Executor(this.#request, { ...this.#limits, timeout });
    this.#executors.set(timeout, executor);
    return executor;
  }
}
