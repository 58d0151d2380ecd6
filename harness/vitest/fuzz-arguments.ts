import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { quoted } from '../feedback/hints/dictionary.ts';
import { type FuzzTest, formatFuzzTest } from './host/fuzz-test.ts';
import type { FuzzOptions } from './options.ts';

export interface FuzzArguments {
  test: FuzzTest;
  options: FuzzOptions;
  /** Of fuzzing, where the test does not say. */
  seconds: number;
  /** Further ones for libFuzzer, which stand behind those of the test and so prevail. */
  flags: readonly string[];
}

/** Does some work with the arguments of `kcovjs fuzz` for a test. @param corpus folders, of which the first is written to */
export async function withArguments<R>(
  { test, options, seconds, flags }: FuzzArguments,
  corpus: readonly string[],
  work: (args: readonly string[]) => Promise<R>,
): Promise<R> {
  const folder = mkdtempSync(join(tmpdir(), 'kcovjs-'));
  try {
    return await work([
      ...['fuzz', formatFuzzTest(test), ...corpus, '--workers', '1', '--json'],
      ...(options.timeout === undefined ? [] : ['--timeout', String(options.timeout)]),
      ...each('-i', options.includes),
      ...each('-e', options.excludes),
      ...each('--disable-bug-detectors', options.disableBugDetectors),
      '--',
      `-max_total_time=${options.maxTime ?? seconds}`,
      ...(options.runs === undefined ? [] : [`-runs=${options.runs}`]),
      ...(options.maxLength === undefined ? [] : [`-max_len=${options.maxLength}`]),
      ...dictionary(options, test.file, folder),
      ...flags,
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const each = (name: string, values: readonly string[] = []): string[] => values.flatMap((one) => [name, one]);

function dictionary({ dictionary }: FuzzOptions, testFile: string, folder: string): string[] {
  if (dictionary === undefined) return [];
  if (typeof dictionary === 'string') return [`-dict=${join(dirname(testFile), dictionary)}`];
  const file = join(folder, 'words.dict');
  writeFileSync(file, dictionary.map((word) => `${quoted(Buffer.from(word))}\n`).join(''));
  return [`-dict=${file}`];
}
