import type { Format } from '../instrument/parse.ts';
import type { Loader } from './loader.ts';
import { hasModuleSyntax } from './module-syntax.ts';

/** All loaders of a thread as one: a file is compiled once, by one that instruments it if there is one. */
export class Loaders {
  readonly #all: Loader[] = [];
  /** What the compiler itself loads on the way is not code under test. */
  #compiling = false;

  add(loader: Loader): void {
    this.#all.push(loader);
  }

  remove(loader: Loader): void {
    const at = this.#all.indexOf(loader);
    if (at !== -1) this.#all.splice(at, 1);
  }

  has(loader: Loader): boolean {
    return this.#all.includes(loader);
  }

  /** Whether there is one: not every hook can be taken back. */
  get enabled(): boolean {
    return this.#all.length > 0;
  }

  /** Whether `compile` would do anything to the file. */
  wants(filename: string): boolean {
    return !this.#compiling && this.#all.some((loader) => loader.wants(filename));
  }

  compile(code: string, filename: string, format: Format): string {
    const loader =
      this.#all.find((one) => one.includes(filename)) ?? this.#all.find((one) => one.wants(filename));
    return loader === undefined ? code : this.#quietly(() => loader.compile(code, filename, format));
  }

  /** @throws Babel's error where the file cannot be parsed */
  hasModuleSyntax(code: string, filename: string): boolean {
    return this.#quietly(() => hasModuleSyntax(code, filename));
  }

  #quietly<T>(work: () => T): T {
    this.#compiling = true;
    try {
      return work();
    } finally {
      this.#compiling = false;
    }
  }
}
