import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { compilerPackages } from './compiler-packages.ts';

/** The folders that the compiler's own code is in, as the README's table has them. */
const FOLDERS = ['../abi/', '../instrument/', './'].map((path) => new URL(path, import.meta.url));

let version: string | undefined;

/**
 * What tells two compilers apart that may compile the same code differently: a hash of our own code, so that who
 * edits it never sees what the last edit made, and of the versions of the packages that it uses.
 */
export function compilerVersion(): string {
  version ??= hash();
  return version;
}

function hash(): string {
  const state = createHash('sha256');
  for (const folder of FOLDERS) {
    for (const name of readdirSync(folder).sort()) {
      if (/(?<!\.d)\.[jt]s$/.test(name)) state.update(name).update(readFileSync(new URL(name, folder)));
    }
  }
  return state.update([...new Set(compilerPackages().values())].sort().join()).digest('hex');
}
