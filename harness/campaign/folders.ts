import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { campaignFolder, historyFile } from '../findings/folders.ts';

/** Where a campaign keeps what is not an input: beside its corpus, which other fuzzers read whole. */
export class Folders {
  readonly corpus: string;
  readonly state: string;
  readonly #made: string[] = [];

  constructor(corpus: string) {
    this.corpus = resolve(corpus);
    this.state = resolve(campaignFolder(corpus));
  }

  get lock(): string {
    return join(this.state, 'lock');
  }

  get findings(): string {
    return join(this.state, 'findings');
  }

  get history(): string {
    return resolve(historyFile(this.corpus));
  }

  get workers(): string {
    return join(this.state, 'workers');
  }

  worker(number: number): string {
    return join(this.workers, String(number));
  }

  /** @throws errors of the file system */
  make(): void {
    for (const path of [this.corpus, this.findings]) {
      const first = mkdirSync(path, { recursive: true });
      if (first !== undefined) this.#made.push(first);
    }
  }

  /** Takes away again what `make` has made, where nothing came of it. */
  unmake(): void {
    for (const path of this.#made) {
      const isOurs = path === this.state || this.state.startsWith(`${path}/`);
      if (isOurs || isEmpty(path)) rmSync(path, { recursive: true, force: true });
    }
  }
}

const isEmpty = (path: string): boolean =>
  readdirSync(path, { recursive: true, withFileTypes: true }).every((entry) => entry.isDirectory());
