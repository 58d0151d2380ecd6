import { countersKey } from '../../../src/instrument/placement.ts';
import type { CountedFile } from './counted-file.ts';

/** Files that are counted: by the keys of their counters, and as modules of vitest's environments. */
export class CountedFiles {
  readonly #byKey = new Map<string, CountedFile>();
  readonly #modules = new WeakMap<object, Map<string, CountedFile>>();

  add(environment: object, id: string, file: CountedFile): void {
    this.#byKey.set(countersKey(file.filename, file.code), file);
    const modules = this.#modules.get(environment) ?? new Map<string, CountedFile>();
    this.#modules.set(environment, modules.set(id, file));
  }

  withKey(key: string): CountedFile | undefined {
    return this.#byKey.get(key);
  }

  ofModule(environment: object, id: string): CountedFile | undefined {
    return this.#modules.get(environment)?.get(id);
  }
}
