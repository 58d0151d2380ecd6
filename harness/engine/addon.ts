import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { loadCopy } from './copies.ts';
import { loadMutator } from './mutator.ts';
import { relink } from './relink.ts';
import { jazzerPackagePath } from './resolve.ts';

/** The prebuilt addon for this machine. */
export function addonPath(): string {
  const root = jazzerPackagePath('@jazzer.js/fuzzer/package.json')!;
  return join(root, '..', 'prebuilds', `fuzzer-${process.platform}-${process.arch}.node`);
}

/**
 * Makes `require` of Jazzer.js's native addon work, on systems too, older than the one that it was linked on:
 * there a relinked copy is loaded and put in the original's place. To be called before anything requires
 * `@jazzer.js/fuzzer` or `@jazzer.js/core`.
 *
 * @param options.mutator whether libFuzzer is to find our mutator, which it does as it loads; see mutator.ts
 */
export function loadAddon({ mutator = false } = {}): void {
  const require = createRequire(import.meta.url);
  const original = addonPath();
  const ours = mutator ? loadMutator() : null;
  if (require.cache[original] !== undefined) {
    if (ours?.connected === false) throw new Error('the fuzzer addon is loaded already, without our mutator');
    return;
  }
  try {
    require(original);
  } catch (error) {
    if (!isTooNew(error)) throw error;
    require.cache[original] = loadRelinked(require, original);
  }
  ours?.connect(require.cache[original]!.filename);
}

/** Whether the dynamic linker misses a version of a library, which is the one thing that relinking mends. */
const isTooNew = (error: unknown): boolean =>
  process.platform === 'linux' &&
  error instanceof Error &&
  /version `\w+_[\d.]+' not found/.test(error.message);

function loadRelinked(require: NodeJS.Require, original: string): NodeJS.Module {
  const elf = readFileSync(original);
  const name = `fuzzer-${process.arch}-${createHash('sha256').update(elf).digest('hex').slice(0, 32)}.node`;
  try {
    return loadCopy(name, relink(elf), (path) => {
      require(path);
      return require.cache[path]!;
    });
  } catch (error) {
    throw new Error(`cannot load the fuzzer addon; tried a relinked copy in ${(error as Error).message}`);
  }
}
