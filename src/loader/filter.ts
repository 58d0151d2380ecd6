import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isCompilerFile } from './compiler-packages.ts';

/** Which files are instrumented: parts of a path, as in Jazzer.js; `*` stands for every file. */
export interface Filter {
  include: string[];
  exclude: string[];
}

/** Everything but what others wrote. */
export const DEFAULT_FILTER: Filter = { include: ['*'], exclude: ['node_modules'] };

/** The harness measures and is never measured: our own code, the compiler's, and Jazzer.js, in which it runs. */
const OWN = [dirname(dirname(dirname(fileURLToPath(import.meta.url)))), '/node_modules/@jazzer.js/'];
const OWN_PARTS = ['/src/', '/harness/'].map((part) => OWN[0] + part);

/**
 * Fills in what Jazzer.js would: nothing given means everything outside node_modules, and one list given without
 * the other leaves the other empty.
 */
export function completeFilter({ include = [], exclude = [] }: Partial<Filter>): Filter {
  return include.length === 0 && exclude.length === 0 ? DEFAULT_FILTER : { include, exclude };
}

export function matches(filename: string, { include, exclude }: Filter): boolean {
  const contains = (part: string): boolean => part === '*' || filename.includes(part);
  return include.some(contains) && !exclude.some(contains) && !isOwn(filename);
}

export function isOwn(filename: string): boolean {
  return (
    filename.includes(OWN[1]!) ||
    OWN_PARTS.some((part) => filename.startsWith(part)) ||
    isCompilerFile(filename)
  );
}
