/**
 * Switches the capture of stacks off and on again. What V8 collects for each error that is made costs more than many
 * a parser that throws and catches them, and nobody reads it while fuzzing.
 *
 * With no frames `error.stack` is still a string, `Error: message`, for code that takes it apart.
 */
export class StackLimit {
  #limit: unknown;
  #isOff = false;

  off(): void {
    this.#limit = Error.stackTraceLimit;
    this.#isOff = true;
    set(0);
  }

  /** As it was, unless the target has set a limit of its own meanwhile. */
  restore(): void {
    if (this.#isOff && Error.stackTraceLimit === 0) set(this.#limit);
    this.#isOff = false;
  }
}

function set(limit: unknown): void {
  try {
    Error.stackTraceLimit = limit as number;
  } catch {
    // `Error` is frozen: capture stays as it is.
  }
}
