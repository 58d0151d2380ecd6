import { createHash } from 'node:crypto';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { inputFiles, statOf } from '../inputs.ts';
import { UsageError } from '../usage.ts';
import type { FuzzOptions } from './options.ts';

/** Bytes of a name of a folder, of which file systems take 255. */
const LONGEST = 150;

/** An input that is a test case. */
export interface Case {
  name: string;
  file: string;
}

/** Folders and files of inputs of a fuzz test. */
export interface TestCorpus {
  /** Paths; the first is where findings are kept. */
  roots: readonly string[];
  /** Whether the test names them: what it names must be there. */
  named: boolean;
}

/** @param names of the suites around it and its own, the outermost first */
export function corpusOf(testFile: string, names: readonly string[], { corpus }: FuzzOptions): TestCorpus {
  const folder = dirname(testFile);
  if (corpus === undefined)
    return { roots: [join(folder, 'corpus', stem(testFile), ...names.map(slug))], named: false };
  const roots = (typeof corpus === 'string' ? [corpus] : corpus).map((one) => resolve(folder, one));
  return { roots, named: true };
}

/** @throws {UsageError} where a folder that the test names is not there, or cannot be read */
export function casesOf({ roots, named }: TestCorpus): Case[] {
  return roots
    .filter((root) => named || statOf(root) !== undefined)
    .flatMap((root) => {
      // Two folders may have inputs of one name.
      const from = roots.length > 1 ? dirname(root) : root;
      return filesOf(root).map((file) => ({ name: relative(from, file) || basename(file), file }));
    });
}

function filesOf(root: string): string[] {
  try {
    return inputFiles([root]);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${root}: cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}

/** `parser` for `parser.test.ts`. */
const stem = (file: string): string => basename(file).replace(/(\.(test|spec|fuzz))?\.[cm]?[jt]sx?$/, '');

/** A name that any file system takes. */
export function slug(name: string): string {
  const plain = name
    .normalize('NFC')
    .replace(/[^\p{L}\p{M}\p{N}._-]+/gu, '-')
    .replace(/^[-.]+|-+$/g, '');
  if (plain === '') return 'fuzz';
  if (Buffer.byteLength(plain) <= LONGEST) return plain;
  const start = Buffer.from(plain)
    .toString('utf8', 0, LONGEST)
    .replace(/\p{M}*�*$/u, '');
  return `${start}-${createHash('sha1').update(name).digest('hex').slice(0, 8)}`;
}
