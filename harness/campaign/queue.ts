import type { Disk } from './disk.ts';
import { isHash, namesIn, readFile, remove, writeFile } from './files.ts';

/** Milliseconds and executions after which libFuzzer has read what was put there for it. */
const READ_AFTER = 10_000;
const READ_AFTER_RUNS = 100;
/** How often the folder is touched after something was put there. */
const TOUCHES = 3;

/** For what was put there for libFuzzer; its own have their hashes for names. */
const GIVEN = 'given-';

interface Given {
  path: string;
  at: number;
  runs: number;
}

/**
 * The folder that libFuzzer takes for its corpus: it writes new inputs there, without renaming, and reads it again each
 * second. It takes note of its time of change in whole seconds and passes over files that are older than that.
 */
export class Queue {
  readonly folder: string;
  readonly #disk: Disk;
  #given: Given[] = [];
  #count = 0;
  #touches = 0;
  /** The latest time that the folder has had, in seconds: the clock may have jumped back since. */
  #latest = 0;

  constructor(disk: Disk, folder: string) {
    this.#disk = disk;
    this.folder = folder;
  }

  /** Makes the folder where it is missing: libFuzzer would end the process. */
  ensure(): void {
    try {
      this.#latest = Math.max(this.#latest, Math.floor(this.#disk.statSync(this.folder).mtimeMs / 1000));
    } catch {
      this.#disk.mkdirSync(this.folder, { recursive: true });
    }
  }

  /** What libFuzzer has written. */
  names(): string[] {
    try {
      return namesIn(this.#disk, this.folder).filter(isHash);
    } catch {
      return [];
    }
  }

  /** Removes all but what libFuzzer has written. */
  clear(): void {
    for (const name of namesIn(this.#disk, this.folder))
      if (!isHash(name)) remove(this.#disk, `${this.folder}/${name}`);
  }

  pathOf(name: string): string {
    return `${this.folder}/${name}`;
  }

  /** @returns undefined where it is not whole, or not there */
  read(name: string): Buffer | undefined {
    try {
      const bytes = readFile(this.#disk, this.pathOf(name));
      return this.#disk.sha1(bytes) === name ? bytes : undefined;
    } catch {
      return undefined;
    }
  }

  remove(name: string): void {
    remove(this.#disk, this.pathOf(name));
  }

  /** Puts an input there for libFuzzer. @throws if it cannot be written */
  give(bytes: Uint8Array, at: number, runs: number): void {
    const path = this.pathOf(`${GIVEN}${this.#count++}`);
    writeFile(this.#disk, path, bytes);
    this.#disk.utimesSync(path, this.#next(), this.#next());
    this.#given.push({ path, at, runs });
    this.#touches = TOUCHES;
  }

  /** Has libFuzzer read the folder, if something was put there. To be called about each second. */
  touch(): void {
    if (this.#touches === 0) return;
    this.#touches--;
    this.#disk.utimesSync(this.folder, this.#next(), this.#next());
  }

  /** A time that is later than the one which libFuzzer has taken note of. */
  #next(): number {
    return Math.max(Math.floor(this.#disk.time() / 1000), this.#latest + 1);
  }

  /** Removes what libFuzzer has read. */
  sweep(now: number, runs: number): void {
    const isRead = (one: Given): boolean => now - one.at > READ_AFTER && runs - one.runs > READ_AFTER_RUNS;
    for (const one of this.#given) if (isRead(one)) remove(this.#disk, one.path);
    this.#given = this.#given.filter((one) => !isRead(one));
  }
}
