const PAUSE = 5000;
/** Milliseconds for which a line on a terminal stands. */
const GLANCE = 100;

/** Writes a line to standard error, unless it has just written one. */
export function everyFewSeconds(): (line: () => string) => void {
  let last = performance.now();
  return (line) => {
    if (performance.now() - last < PAUSE) return;
    last = performance.now();
    process.stderr.write(`kcovjs: ${line()}\n`);
  };
}

/** A line on standard error that is written over itself, where that is a terminal. */
export class ProgressLine {
  readonly #isTerminal = process.stderr.isTTY === true;
  #last = Number.NEGATIVE_INFINITY;

  show(line: string): void {
    if (!this.#isTerminal || performance.now() - this.#last < GLANCE) return;
    this.#last = performance.now();
    // One that does not know its width says 0.
    const width = process.stderr.columns || 80;
    process.stderr.write(`\r${line.slice(0, width - 1)}\x1b[K`);
  }

  /** To be called before anything else is written. */
  clear(): void {
    if (this.#last > 0) process.stderr.write('\r\x1b[K');
    this.#last = Number.NEGATIVE_INFINITY;
  }
}
