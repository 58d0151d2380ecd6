import { KERNBASE } from '../../../src/abi/text.ts';
import { type KldModule, kldload, kldstat, kldunload } from '../../../src/ksyms/linker.ts';
import type { ServedCode } from '../../../src/loader/served.ts';
import type { LoadedCode, LoadListener } from '../../executor/executed.ts';
import { snapshot } from '../../snapshot.ts';
import type { LoadedFile } from './measured.ts';

/** The code that all processes together have loaded. */
export class Code implements LoadListener {
  readonly #modules = new Map<number, KldModule>();
  readonly #served = new Map<string, ServedCode>();
  /** What loading the target has reached in the first process that has said so: in others it is the same. */
  loading: LoadedCode['loading'];

  known(): number[] {
    return [...this.#modules.keys()];
  }

  loaded({ modules, served, loading }: LoadedCode): void {
    for (const module of modules) if (!this.#modules.has(module[1])) this.#modules.set(module[1], module);
    for (const [filename, code] of served ?? []) this.#served.set(filename, code);
    this.loading ??= loading;
  }

  /** By their names: which process was the first to load one is chance. */
  get files(): LoadedFile[] {
    return this.#sorted.map(([filename, base]) => {
      const served = this.#served.get(filename);
      return { filename, address: KERNBASE + BigInt(base), ...(served && { served }) };
    });
  }

  /** The ELF file of all modules, as if one process had loaded them. */
  snapshot(): Uint8Array {
    const before = new Set(kldstat().map(({ id }) => id));
    for (const module of this.#sorted) kldload(...module);
    const bytes = snapshot();
    for (const { id } of kldstat()) if (!before.has(id)) kldunload(id);
    return bytes;
  }

  get #sorted(): KldModule[] {
    return [...this.#modules.values()].sort(
      (a, b) => (a[0] < b[0] ? -1 : Number(a[0] > b[0])) || a[1] - b[1],
    );
  }
}
