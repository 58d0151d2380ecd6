import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheHome, ownFolder, writeWhole } from '../../src/cache-folder.ts';

/** Shared objects of our own making, on disk, from where the dynamic linker takes them. */

/** Where they may lie, best first: outside the package, which can be read-only or shared. */
export function cacheFolders(env: NodeJS.ProcessEnv = process.env): string[] {
  return [cacheHome(env), join(tmpdir(), `kcovjs-${process.getuid!()}`)];
}

/**
 * Loads a shared object from the first folder that takes it.
 *
 * @param load throws where the file cannot be loaded
 * @throws what went wrong in each folder
 */
export function loadCopy<T>(name: string, copy: Uint8Array, load: (path: string) => T): T {
  const failures: string[] = [];
  for (const folder of cacheFolders()) {
    try {
      return load(placeCopy(folder, name, copy));
    } catch (error) {
      // The next folder may be writable, ours, and on a file system that allows execution.
      failures.push(`${folder}: ${(error as Error).message.split('\n')[0]}`);
    }
  }
  throw new Error(failures.join('; '));
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
