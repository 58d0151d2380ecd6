import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Guide } from '../feedback/guide.ts';
import type { Literals } from '../feedback/hints/dictionary.ts';
import { Hints } from '../feedback/hints/hints.ts';
import { flag } from './flags.ts';
import { LengthControl } from './length-control.ts';
import { loadMutator } from './mutator.ts';
import { type EngineOptions, wantsHints } from './options.ts';

/** libFuzzer's bounds for an input where `-max_len` says nothing. */
const MIN_DEFAULT_LENGTH = 4096;
const MAX_SANE_LENGTH = 1 << 20;

/**
 * What leads libFuzzer by hints, where they are wanted and our mutator could be loaded.
 *
 * @param literals of the code under test
 * @param asked words that somebody asks for
 */
export function createGuide(
  options: EngineOptions,
  literals: Literals,
  asked: readonly string[],
): Guide | null {
  const box = wantsHints(options) ? loadMutator() : null;
  if (box === null) return null;
  const flags = options.libFuzzerFlags ?? [];
  const longest = maxLength(flags, options.corpus ?? []);
  const hints = new Hints({
    seed: Number(flag(flags, 'seed')) || Date.now() % 2 ** 31,
    literals,
    asked,
    maxLength: Math.min(longest, box.capacity),
  });
  const control = Number(flag(flags, 'len_control') ?? Number.NaN);
  return new Guide({
    box,
    hints,
    lengths: new LengthControl(longest, Number.isNaN(control) ? 100 : control),
  });
}

/** Bytes of the longest input that libFuzzer makes: without a flag, those of the longest file of the corpus. */
export function maxLength(flags: readonly string[], corpus: readonly string[]): number {
  const given = Number(flag(flags, 'max_len') ?? 0);
  if (given > 0) return given;
  const longest = Math.max(0, ...corpus.map(longestFile));
  return Math.min(Math.max(longest, MIN_DEFAULT_LENGTH), MAX_SANE_LENGTH);
}

function longestFile(path: string): number {
  return filesBelow(path).reduce((longest, file) => Math.max(longest, sizeOf(file)), 0);
}

/** As libFuzzer looks for them: it follows links to files, but none to a folder. */
function filesBelow(path: string): string[] {
  try {
    return readdirSync(path, { recursive: true, encoding: 'utf8' }).map((name) => join(path, name));
  } catch {
    return [path]; // No folder.
  }
}

/** What cannot be looked at is no input either. */
function sizeOf(path: string): number {
  try {
    const stats = statSync(path);
    return stats.isFile() ? stats.size : 0;
  } catch {
    return 0;
  }
}
