import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheHome, ownFolder, writeWhole } from '../../src/cache-folder.ts';
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
 */
export function loadAddon(): void {
  const require = createRequire(import.meta.url);
  const original = addonPath();
  if (require.cache[original] !== undefined) return;
  try {
    require(original);
  } catch (error) {
    if (!isTooNew(error)) throw error;
    require.cache[original] = loadCopy(require, original);
  }
}

/** Whether the dynamic linker misses a version of a library, which is the one thing that relinking mends. */
const isTooNew = (error: unknown): boolean =>
  process.platform === 'linux' &&
  error instanceof Error &&
  /version `\w+_[\d.]+' not found/.test(error.message);

function loadCopy(require: NodeJS.Require, original: string): NodeJS.Module {
  const elf = readFileSync(original);
  const name = `fuzzer-${process.arch}-${createHash('sha256').update(elf).digest('hex').slice(0, 32)}.node`;
  const copy = relink(elf);
  const failures: string[] = [];
  for (const folder of cacheFolders()) {
    try {
      const path = placeCopy(folder, name, copy);
      require(path);
      return require.cache[path]!;
    } catch (error) {
      // The next folder may be writable, ours, and on a file system that allows execution.
      failures.push(`${folder}: ${(error as Error).message.split('\n')[0]}`);
    }
  }
  throw new Error(`cannot load the fuzzer addon; tried a relinked copy in ${failures.join('; ')}`);
}

/** Where copies may lie, best first: outside the package, which can be read-only or shared. */
export function cacheFolders(env: NodeJS.ProcessEnv = process.env): string[] {
  return [cacheHome(env), join(tmpdir(), `kcovjs-${process.getuid!()}`)];
}

/**
 * The copy's path in `folder`, where it is written unless it lies there already, byte for byte. Other processes
 * may do the same at the same time: each writes a file of its own and renames it, and all are alike.
 *
 * @throws if the folder cannot be written, or if others can write it
 */
export function placeCopy(folder: string, name: string, copy: Uint8Array): string {
  ownFolder(folder);
  const path = join(folder, name);
  if (!holds(path, copy)) writeWhole(path, copy, 0o700);
  return path;
}

function holds(path: string, content: Uint8Array): boolean {
  try {
    return readFileSync(path).equals(content);
  } catch {
    // Not there yet, or not readable: written anew, and that says why if it fails.
    return false;
  }
}
