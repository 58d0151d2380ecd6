import type { Executed, ExecuteOptions } from '../../executor/executed.ts';
import { isDeadly } from '../../executor/fault.ts';
import { type Machine, Session } from './session.ts';

/**
 * What an input does may depend on those before it in its process. So inputs are divided into batches by their number
 * alone, and each batch finds a fresh process: whatever runs beside it, and however fast, the same comes of it.
 */
const BATCH = 250;
/** A process takes half a second to start. */
const MAX_BATCHES = 64;

/** Executes the input of a number. */
export type Execute = (number: number, options: ExecuteOptions) => Promise<Executed>;
type Work = (execute: Execute, number: number) => Promise<unknown>;

/**
 * Executes inputs in processes side by side. What a target does once in each process counts for the first input that
 * leaves its process alive: every further process executes that before any other, and nobody is told.
 */
export class Batches {
  readonly #machine: Machine;
  readonly #paths: readonly string[];
  #first: number | undefined;
  #failed = false;

  /** @param paths of inputs, by their number */
  constructor(machine: Machine, paths: readonly string[]) {
    this.#machine = machine;
    this.#paths = paths;
  }

  /** @throws what `work` throws, after all processes have ended; {UsageError} where the target cannot be loaded */
  async run(numbers: readonly number[], work: Work): Promise<void> {
    const sessions = Array.from({ length: this.#machine.jobs }, () => this.#session());
    try {
      const done = this.#first === undefined ? await this.#lead(sessions[0]!, numbers, work) : 0;
      const queue = divided(numbers.slice(done)).values();
      const ended = await Promise.allSettled(sessions.map((session) => this.#work(session, queue, work)));
      for (const one of ended) if (one.status === 'rejected') throw one.reason;
    } finally {
      await Promise.all(sessions.map((session) => session.close()));
    }
  }

  #session(): Session {
    return new Session(this.#machine, this.#paths, () => this.#first);
  }

  /** Looks for the first input. Its process has then executed that one alone. @returns how many are done */
  async #lead(session: Session, numbers: readonly number[], work: Work): Promise<number> {
    const execute: Execute = async (number, options) => {
      const executed = await session.execute(number, options);
      if (!isDead(executed)) this.#first ??= number;
      return executed;
    };
    let done = 0;
    while (done < numbers.length && this.#first === undefined) await work(execute, numbers[done++]!);
    return done;
  }

  async #work(session: Session, queue: Iterable<readonly number[]>, work: Work): Promise<void> {
    try {
      for (const batch of queue) {
        if (session.isUsed) await session.restart();
        session.isUsed = true;
        for (const number of batch) {
          if (this.#failed) return;
          await work((which, options) => session.execute(which, options), number);
        }
      }
    } catch (error) {
      this.#failed = true;
      throw error;
    }
  }
}

/** An end that was refused has left its trace, and the process alive. */
const isDead = ({ fault, pcs }: Executed): boolean =>
  fault !== null && isDeadly(fault.kind) && pcs.length === 0;

function divided(numbers: readonly number[]): number[][] {
  const size = Math.max(BATCH, Math.ceil(numbers.length / MAX_BATCHES));
  return Array.from({ length: Math.ceil(numbers.length / size) }, (_, i) =>
    numbers.slice(i * size, (i + 1) * size),
  );
}
