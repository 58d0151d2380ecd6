/** What a target does to end its process, which is refused: it is thrown at the target, and fails its run. */
export class Ending extends Error {
  /** `process.exit` and what stands behind it, or a signal to itself, as `process.abort` sends one. */
  readonly kind: 'exit' | 'crash';

  constructor(
    kind: Ending['kind'],
    { name, message, stack }: { name: string; message: string; stack: readonly string[] },
  ) {
    super(message);
    this.kind = kind;
    this.name = name;
    this.stack = [`${name}: ${message}`, ...stack.map((frame) => `    ${frame}`)].join('\n');
  }
}

/** Remembers the first of a run: a target may catch what is thrown at it. */
export class Endings {
  #first: Ending | undefined;

  /** @throws it */
  refuse(ending: Ending): never {
    this.#first ??= ending;
    throw ending;
  }

  /** The first since the last call. */
  take(): Ending | undefined {
    const first = this.#first;
    this.#first = undefined;
    return first;
  }
}
