import type { RunnerTestCase } from 'vitest';

/** Something that takes long, and needs nothing of vitest. */
type Work<R> = (signal: AbortSignal) => Promise<R>;

interface Pending<R> {
  work: Work<R>;
  stop: AbortController;
  result?: Promise<R>;
}

/**
 * The long work of the tests of one file, which begins for all with the first of them: they work side by side, but end
 * one after the other, as vitest has it, which knows only one test at a time for `expect`.
 */
export class Ahead<R> {
  readonly #pending = new Map<RunnerTestCase, Pending<R>>();

  /** @param test that will wait for the work, if it is to run at all */
  add(test: RunnerTestCase, work: Work<R>): void {
    this.#pending.set(test, { work, stop: new AbortController() });
  }

  /** What the work of a test comes to. @param signal ends it early */
  async of(test: RunnerTestCase, signal: AbortSignal): Promise<R> {
    for (const [other, pending] of this.#pending) if (isToRun(other)) begin(pending);
    const { result, stop } = this.#pending.get(test)!;
    signal.addEventListener('abort', () => stop.abort());
    return result!;
  }

  /** It will not be asked for. */
  cancel(test: RunnerTestCase): void {
    this.#pending.get(test)!.stop.abort();
    this.#pending.delete(test);
  }
}

function begin<R>(pending: Pending<R>): void {
  pending.result ??= pending.work(pending.stop.signal);
  pending.result.catch(() => {}); // Whoever asks is told.
}

const isToRun = ({ mode }: RunnerTestCase): boolean => mode === 'run' || mode === 'queued';

const files = new WeakMap<object, Ahead<unknown>>();

/** @param file as vitest has it */
export function aheadOf<R>(file: object): Ahead<R> {
  const ahead = files.get(file) ?? new Ahead();
  files.set(file, ahead);
  return ahead as Ahead<R>;
}
