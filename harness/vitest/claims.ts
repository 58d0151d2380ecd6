import { relative } from 'node:path';
import type { TestCorpus } from './corpus.ts';
import { type FuzzTest, formatNames } from './host/fuzz-test.ts';

/** Names and folders of inputs of the fuzz tests of a file, which is known by what vitest has of it. */
const claims = new WeakMap<object, Map<string, string>>();

/**
 * What is found by a fuzz test is kept by its name, so each has one of its own, and a folder of its own.
 *
 * @returns what is wrong with its name, in one line; undefined where it can have both
 */
export function claim(
  of: object,
  { names, file }: FuzzTest,
  { roots, named }: TestCorpus,
): string | undefined {
  const taken = claims.get(of) ?? new Map<string, string>();
  claims.set(of, taken);
  const name = formatNames(names);
  if ([...taken.values()].includes(name))
    return 'another fuzz test of this file has the same name; what is found is kept by it, so give each its own';
  const folder = named ? `${name}\0` : roots[0]!;
  const other = [...taken.keys()].find(
    (one) => `${one}/`.startsWith(`${folder}/`) || `${folder}/`.startsWith(`${one}/`),
  );
  if (other !== undefined)
    return `its inputs would lie among those of '${taken.get(other)}', in ${relative(process.cwd(), folder) || file}; give one of them another name, or a corpus`;
  taken.set(folder, name);
  return undefined;
}
