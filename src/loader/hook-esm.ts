import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isTypeScript } from '../instrument/parse.ts';
import type { Loaders } from './loaders.ts';

/** What the two kinds of hooks that Node has for ES modules, in the thread and beside it, share. */

export interface LoadResult {
  format?: string | null | undefined;
  source?: string | ArrayBuffer | NodeJS.TypedArray | null | undefined;
  shortCircuit?: boolean;
}

const decode = (source: NonNullable<LoadResult['source']>): string =>
  typeof source === 'string' ? source : new TextDecoder().decode(source);

/** The file that an address names, if it is one. */
export const filePath = (url: string): string | null => (url.startsWith('file:') ? fileURLToPath(url) : null);

/**
 * A TypeScript file, which older versions of Node do not know; null for any other.
 * It takes the module system of whoever loads it, which is ES modules here, unless it says otherwise.
 */
export function loadTypeScript(loaders: Loaders, url: string): LoadResult | null {
  const filename = filePath(url);
  if (filename === null || !loaders.enabled || !isTypeScript(filename)) return null;
  const code = readFileSync(filename, 'utf8');
  if (filename.endsWith('.cts') || !(filename.endsWith('.mts') || loaders.hasModuleSyntax(code, filename)))
    // Without a source, Node hands the file to the CommonJS loader, whose hook compiles it.
    return { format: 'commonjs', source: null, shortCircuit: true };
  return { format: 'module', source: loaders.compile(code, filename, 'module'), shortCircuit: true };
}

/** Compiles an ES module; everything else is left to the CommonJS loader's hook. */
export function compileModule(loaders: Loaders, url: string, loaded: LoadResult): LoadResult {
  const filename = filePath(url);
  if (filename === null || loaded.format !== 'module' || !loaded.source || !loaders.wants(filename))
    return loaded;
  return { ...loaded, source: loaders.compile(decode(loaded.source), filename, 'module') };
}
