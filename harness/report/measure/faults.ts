import type { Fault } from '../../executor/fault.ts';

/** Characters of a message that are kept. */
const MAX_MESSAGE = 4096;

/** Keeps what many faults have in common once: a corpus may have a hundred thousand that fail in the same way. */
export class Faults {
  readonly #known = new Map<string, Fault>();

  /** The same object for equal faults. */
  shared({ kind, error }: Fault): Fault {
    const fault = { kind, error: { ...error, message: error.message.slice(0, MAX_MESSAGE) } };
    const key = JSON.stringify(fault);
    const known = this.#known.get(key) ?? fault;
    this.#known.set(key, known);
    return known;
  }
}
