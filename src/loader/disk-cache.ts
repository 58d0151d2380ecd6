import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cacheHome, ownFolder, writeWhole } from '../cache-folder.ts';

/** Bytes that all entries may take. */
const LIMIT = 256 << 20;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const ENTRY = /^[0-9a-f]{64}$/;
/** A file of a process that was killed as it wrote: see `writeWhole`. */
const UNFINISHED = /^[0-9a-f]{64}\.\d+-[0-9a-f]{8}$/;

/** Hex digits of the checksum that an entry begins with. */
const CHECKSUM = 64;

interface Entry {
  path: string;
  size: number;
  used: number;
}

/**
 * Text by key, in a folder that other processes use at the same time. It never fails: what cannot be read is not
 * there, and what cannot be written is not kept.
 *
 * An entry is a file named by its key: a checksum of key and text, and the text. Its time is when it was used last,
 * to the day.
 */
export class DiskCache {
  readonly #folder: string;
  readonly #limit: number;
  /** Bytes written since this process looked at the size of the whole; at first it has never looked. */
  #unseen = Number.POSITIVE_INFINITY;

  constructor(folder: string, limit = LIMIT) {
    this.#folder = folder;
    this.#limit = limit;
  }

  /** Where the environment says; null where it says `off`, and where no folder is the user's alone. */
  static open(env: NodeJS.ProcessEnv = process.env): DiskCache | null {
    const named = env['KCOVJS_CACHE'];
    if (named === 'off' || named === '0') return null;
    try {
      if (!named) ownFolder(cacheHome(env));
      const folder = named ? resolve(named) : join(cacheHome(env), 'instrumented');
      ownFolder(folder);
      return new DiskCache(folder);
    } catch {
      return null;
    }
  }

  /** @param key 64 hex digits */
  get(key: string): string | null {
    const path = join(this.#folder, key);
    try {
      const file = readFileSync(path);
      const text = file.subarray(CHECKSUM);
      if (file.toString('latin1', 0, CHECKSUM) !== checksum(key, text)) return null;
      touch(path);
      return text.toString();
    } catch {
      return null;
    }
  }

  put(key: string, text: string): void {
    const bytes = Buffer.from(text);
    // Half a surrogate pair would not come back.
    if (bytes.length > this.#limit / 2 || bytes.toString() !== text) return;
    try {
      const path = join(this.#folder, key);
      // A folder does not give way to a file.
      if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) rmSync(path, { recursive: true });
      writeWhole(path, Buffer.concat([Buffer.from(checksum(key, bytes)), bytes]), 0o600);
      this.#unseen += bytes.length;
      if (this.#unseen > this.#limit / 16) this.#evict();
    } catch {
      // A full or read-only disk: the next process compiles again.
    }
  }

  /** Removes what was used least recently, with room to spare, so that it is not done again soon. */
  #evict(): void {
    this.#unseen = 0;
    const entries = this.#entries();
    let total = entries.reduce((sum, { size }) => sum + size, 0);
    if (total <= this.#limit) return;
    for (const { path, size } of entries.sort((a, b) => a.used - b.used)) {
      if (total <= this.#limit * 0.75) return;
      rmSync(path, { force: true });
      total -= size;
    }
  }

  /** Files of others are not counted and not touched. */
  #entries(): Entry[] {
    const found: Entry[] = [];
    for (const name of readdirSync(this.#folder)) {
      const path = join(this.#folder, name);
      const status = statSync(path, { throwIfNoEntry: false });
      if (status === undefined || !status.isFile()) continue;
      const used = status.mtimeMs;
      if (ENTRY.test(name)) found.push({ path, size: status.size, used });
      else if (UNFINISHED.test(name) && used < Date.now() - HOUR) rmSync(path, { force: true });
    }
    return found;
  }
}

const checksum = (key: string, text: Uint8Array): string =>
  createHash('sha256').update(key).update(text).digest('hex');

/** Once a day is enough to know what is in use. */
function touch(path: string): void {
  const now = Date.now();
  try {
    if (now - statSync(path).mtimeMs > DAY) utimesSync(path, now / 1000, now / 1000);
  } catch {
    // A read-only disk, or another process has removed it.
  }
}
