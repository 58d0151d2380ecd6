import { codeOf, type Disk } from './disk.ts';
import { isHash } from './files.ts';
import { KeptInputs } from './kept-inputs.ts';
import type { Notes } from './notes.ts';
import type { Queue } from './queue.ts';
import type { SharedCorpus } from './shared-corpus.ts';

/** Milliseconds between two attempts to write where that has failed. */
const RETRY = 1000;
/** What is fetched at once at most, since the target waits. */
const BATCH = 500;
const BATCH_BYTES = 16 << 20;
/** Milliseconds for which a file may still be growing, if its name does not say what is in it. */
const GROWING = 2000;

/** Errors that come with a file, and not with the time at which it is read. */
const HOPELESS = new Set(['ENOENT', 'EACCES', 'EPERM', 'EISDIR', 'ELOOP', 'ENXIO', 'ENAMETOOLONG', 'error']);

export interface ExchangeParts {
  disk: Disk;
  queue: Queue;
  corpus: SharedCorpus;
  notes: Notes;
  /** Is told of each input that has come into the corpus. */
  told: (name: string, size: number) => void;
  /** Bytes of the longest input that libFuzzer takes. */
  maxLength: number;
  /** Executions of the inputs that libFuzzer begins with; what is new among them is in some corpus already. */
  initial: number;
}

/**
 * Keeps libFuzzer's folder and the shared one in step. All is called between executions, when libFuzzer writes
 * nothing.
 */
export class Exchange {
  readonly #parts: ExchangeParts;
  readonly #kept = new KeptInputs();
  #retryAt = 0;

  constructor(parts: ExchangeParts) {
    this.#parts = parts;
  }

  /** Takes note of a new input, which libFuzzer is about to write, and may fail to without a word. */
  keep(input: Uint8Array, runs: number): void {
    const { disk, corpus, initial } = this.#parts;
    if (runs <= initial || input.length === 0) return;
    const name = disk.sha1(input);
    if (!corpus.knows(name)) this.#kept.add(name, input);
  }

  /**
   * Moves new inputs to the corpus; what cannot be written waits.
   *
   * @param torn what to do with a file that is not whole: 'leave' it where libFuzzer may be writing it just now
   */
  deliver(now: number, torn: 'remove' | 'leave' = 'remove'): void {
    if (now < this.#retryAt) return;
    const { corpus, notes } = this.#parts;
    try {
      this.#deliverWritten(torn);
      this.#deliverKept();
    } catch (error) {
      this.#retryAt = now + RETRY;
      notes.failed(corpus.folder, error, 'new inputs wait');
    }
    const { lost } = this.#kept;
    if (lost > 0)
      notes.say(`${corpus.folder}: cannot be written, and no more new inputs can be kept in memory`);
  }

  #deliverWritten(torn: 'remove' | 'leave'): void {
    const { queue } = this.#parts;
    for (const name of queue.names()) {
      const bytes = queue.read(name);
      if (bytes !== undefined) this.#put(name, bytes, queue.pathOf(name));
      else if (this.#kept.has(name)) this.#put(name, this.#kept.get(name)!);
      else if (torn === 'leave') continue;
      queue.remove(name);
    }
  }

  /** What libFuzzer could not write at all. */
  #deliverKept(): void {
    for (const [name, bytes] of this.#kept) this.#put(name, bytes);
  }

  #put(name: string, bytes: Uint8Array, source?: string): void {
    const { corpus, told, notes } = this.#parts;
    if (corpus.put(name, bytes, source)) told(name, bytes.length);
    notes.over(corpus.folder);
    this.#kept.delete(name);
  }

  /** Gives libFuzzer what others have found. */
  fetch(now: number, runs: number): void {
    const { corpus, queue, notes } = this.#parts;
    try {
      this.#fetchAll(corpus.fresh(), now, runs);
      queue.touch();
    } catch (error) {
      corpus.again();
      notes.failed(queue.folder, error, 'inputs of others wait');
    }
    if (runs > this.#parts.initial) queue.sweep(now, runs);
  }

  #fetchAll(names: readonly string[], now: number, runs: number): void {
    const { corpus } = this.#parts;
    let bytes = 0;
    for (const [i, name] of names.entries()) {
      if (i >= BATCH || bytes >= BATCH_BYTES) {
        corpus.again();
        return;
      }
      bytes += this.#fetchOne(name, now, runs);
    }
  }

  /** @returns how many bytes it has */
  #fetchOne(name: string, now: number, runs: number): number {
    const { disk, corpus, queue, notes } = this.#parts;
    const input = this.#read(name);
    if (input === undefined) return 0;
    if (input.length > 0) queue.give(input, now, runs);
    notes.over(queue.folder);
    corpus.know(name);
    corpus.know(disk.sha1(input));
    return input.length;
  }

  /** @returns undefined for what is no input, or not yet */
  #read(name: string): Buffer | undefined {
    const { corpus, maxLength } = this.#parts;
    try {
      if (isHash(name) || corpus.age(name) > GROWING) return corpus.read(name, maxLength);
      corpus.again();
    } catch (error) {
      if (!HOPELESS.has(codeOf(error))) throw error;
      corpus.know(name);
    }
    return undefined;
  }

  /** Keeps the folder there that libFuzzer reads. */
  ensureFolders(): void {
    const { queue, notes } = this.#parts;
    try {
      queue.ensure();
    } catch (error) {
      notes.failed(queue.folder, error, 'libFuzzer cannot go on without it');
    }
  }
}
