import { codeOf, type Disk } from './disk.ts';
import { namesIn, pathOf, readFile, remove, TEMPORARY, writeWhole } from './files.ts';

/** Listings after the folder has changed: its time of change is coarse, and may be the same after another change. */
const LISTINGS = 3;

/** The folder of inputs that all workers share, as one of them sees it. What is put there is whole at any moment. */
export class SharedCorpus {
  readonly folder: string;
  readonly #disk: Disk;
  readonly #tag: string;
  /** Names and hashes of what need not be fetched, a character for each byte. */
  readonly #known = new Set<string>();
  #changed = Number.NaN;
  #listings = 0;

  /** @param tag tells this worker's temporary files from those of others */
  constructor(disk: Disk, folder: string, tag: string) {
    this.#disk = disk;
    this.folder = folder;
    this.#tag = tag;
  }

  /** Removes what a killed predecessor was about to write, and takes note of all that is there. */
  open(): void {
    this.#disk.mkdirSync(this.folder, { recursive: true });
    for (const name of namesIn(this.#disk, this.folder)) {
      if (name.startsWith(`${TEMPORARY}${this.#tag}-`)) remove(this.#disk, `${this.folder}/${name}`);
      else this.#known.add(name);
    }
  }

  /** Whether an input, by its hash, or a file, by its name, is there or has been looked at. */
  knows(name: string): boolean {
    return this.#known.has(name);
  }

  know(name: string): void {
    this.#known.add(name);
  }

  /**
   * Puts an input there.
   *
   * @param source a file that has it, which may become the same file
   * @returns whether it was not there yet
   * @throws if it cannot be written
   */
  put(name: string, bytes: Uint8Array, source?: string): boolean {
    const isThere = this.#has(name, bytes.length);
    if (!isThere) this.#write(name, bytes, source);
    this.#known.add(name);
    return !isThere;
  }

  /** A file that was written by another program may have the name and not be whole. */
  #has(name: string, size: number): boolean {
    try {
      return this.#disk.statSync(`${this.folder}/${name}`).size === size;
    } catch {
      return false;
    }
  }

  #write(name: string, bytes: Uint8Array, source: string | undefined): void {
    try {
      if (source !== undefined) {
        this.#disk.linkSync(source, `${this.folder}/${name}`);
        return;
      }
    } catch {
      // Another file system, one without links, no folder: written instead, and that says why if it fails.
    }
    writeWhole(this.#disk, this.folder, name, bytes, this.#tag);
  }

  /** Names that are not known, where the folder has changed: a listing of thousands takes milliseconds. */
  fresh(): string[] {
    const changed = this.#time();
    if (changed !== this.#changed) this.#listings = 0;
    this.#changed = changed;
    if (this.#listings++ >= LISTINGS) return [];
    return this.#list().filter((name) => !this.#known.has(name) && !name.startsWith(TEMPORARY));
  }

  /** Has the next call of `fresh` list the folder in any case. */
  again(): void {
    this.#listings = 0;
  }

  /** @throws as open(2) and read(2) */
  read(name: string, limit: number): Buffer {
    return readFile(this.#disk, pathOf(this.folder, name), limit);
  }

  /** Milliseconds since a file was written, by two clocks that may differ. */
  age(name: string): number {
    return Math.abs(this.#disk.time() - this.#disk.statSync(pathOf(this.folder, name)).mtimeMs);
  }

  #time(): number {
    try {
      return this.#disk.statSync(this.folder).mtimeMs;
    } catch {
      return 0; // Deleted: it is made with the next input.
    }
  }

  #list(): string[] {
    try {
      return namesIn(this.#disk, this.folder);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw error;
    }
  }
}
