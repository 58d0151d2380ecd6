import { inspect } from 'node:util';
import { UsageError } from '../usage.ts';

/** The call of `fuzz` in the user's file, which errors and time-outs are shown at. */
export class Declaration {
  readonly #label: string;
  readonly #frames: string;

  /** @param called by the user: the frames from there on are theirs */
  constructor(name: unknown, called: (...args: never[]) => unknown) {
    this.#label = typeof name === 'function' ? name.name : String(name);
    const here: { stack?: string } = {};
    Error.captureStackTrace(here, called);
    this.#frames = here.stack!.slice(here.stack!.indexOf('\n') + 1);
  }

  /** The mistake of whoever wrote the call: one line, shown there. */
  misuse(message: string): UsageError {
    const error = new UsageError(`fuzz(${inspect(this.#label)}): ${message}`);
    error.stack = this.stackOf(error);
    return error;
  }

  stackOf({ name, message }: { name?: string; message: string }): string {
    return `${name ?? 'Error'}: ${message}\n${this.#frames}`;
  }
}
