import type { Writable } from 'node:stream';

/** Milliseconds for which a reader may take nothing at the end before it is given up. */
const PATIENCE = 30_000;

/** What lines are of, and how many of those may wait for the reader; the oldest are dropped. */
export interface LineKind {
  name: string;
  keep: number;
}

/** Lines for a reader that may be slow, or gone. Nobody waits for it before the end: what it has not taken waits here. */
export class Lines {
  readonly #stream: Writable;
  readonly #patience: number;
  #waiting: { line: string; kind: LineKind }[] = [];
  #full = false;
  #gone = false;

  constructor(stream: Writable, patience = PATIENCE) {
    this.#stream = stream;
    this.#patience = patience;
    stream.on('error', this.#close).on('close', this.#close).on('drain', this.#drained);
  }

  write(line: string, kind: LineKind): void {
    if (this.#gone) return;
    const alike = this.#waiting.filter((one) => one.kind.name === kind.name);
    if (alike.length >= kind.keep) this.#waiting.splice(this.#waiting.indexOf(alike[0]!), 1);
    this.#waiting.push({ line, kind });
    this.#flush();
  }

  /** Resolves when the reader has all, is gone, or has taken nothing for too long. */
  async end(): Promise<void> {
    while (!this.#gone && (this.#waiting.length > 0 || this.#stream.writableLength > 0))
      if (!(await this.#taken())) return;
  }

  /** Whether what the stream has now is taken in time. */
  #taken(): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), this.#patience);
      this.#stream.write('', () => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }

  #flush(): void {
    try {
      while (!this.#full && this.#waiting.length > 0)
        this.#full = !this.#stream.write(`${this.#waiting.shift()!.line}\n`);
    } catch {
      // What is written to files is written at once, and may fail at once.
      this.#close();
    }
  }

  readonly #drained = (): void => {
    this.#full = false;
    this.#flush();
  };

  readonly #close = (): void => {
    this.#gone = true;
    this.#waiting = [];
  };
}
