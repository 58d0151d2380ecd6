import { readFileSync } from 'node:fs';
import type { RunnerTestSuite, TestContext } from 'vitest';
import type { FindingRecord } from '../findings/record.ts';
import type { Ahead } from './ahead.ts';
import type { TestCorpus } from './corpus.ts';
import { Expectations } from './expectations.ts';
import { errorOf, withWords } from './failure.ts';
import { fuzzing } from './fuzzing.ts';
import { type FuzzTest, formatNames } from './host/fuzz-test.ts';
import { keep } from './kept.ts';
import { fuzzingFlags } from './mode.ts';
import type { FuzzOptions } from './options.ts';
import { Progress } from './progress.ts';
import { inSlot } from './slots.ts';

export interface FuzzMode {
  where: FuzzTest;
  corpus: TestCorpus;
  options: FuzzOptions;
  seconds: number;
  /** Runs an input as a test case does. */
  once(input: Buffer, context: TestContext): Promise<void>;
}

/** Fuzzes when there is room for it. @returns what was found */
export function search(mode: FuzzMode, signal: AbortSignal): Promise<readonly FindingRecord[]> {
  const { where, corpus, options, seconds } = mode;
  // Past vitest, which would take it for the words of whatever test runs now.
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const { hear } = new Progress(formatNames(where.names), options.includes !== undefined, say);
  const request = { test: where, corpus, options, seconds, flags: fuzzingFlags(), signal, hear };
  return inSlot(async () => (signal.aborted ? [] : fuzzing(request)));
}

/** The test that fuzzes: it fails with what was found, and is skipped where an input that is known fails already. */
export async function fuzzes(
  mode: FuzzMode,
  searches: Ahead<readonly FindingRecord[]>,
  context: TestContext,
): Promise<void> {
  const { task } = context;
  const failed = failing(task.suite);
  if (failed > 0) {
    searches.cancel(task);
    context.skip(`${failed} of its inputs ${failed === 1 ? 'fails' : 'fail'} already`);
  }
  const records = await searches.of(task, context.signal).catch(inOneLine);
  const errors = await failures(mode, records, context);
  if (errors.length > 0) throw errors; // Vitest shows each.
}

/** One for each bug: of values made smaller, several findings may come to the same. */
async function failures(
  mode: FuzzMode,
  records: readonly FindingRecord[],
  context: TestContext,
): Promise<readonly Error[]> {
  const errors = new Map<string, Error>();
  for (const record of records) {
    const error = await errorOf(record, () => again(mode, record.file, context));
    if (errors.has(error.message)) continue;
    const kept = keep(record.file, record.folder, mode.corpus.roots[0]!);
    errors.set(error.message, withWords(error, { ...record, kept }, mode.where));
  }
  return [...errors.values()];
}

async function again({ once }: FuzzMode, file: string, context: TestContext): Promise<void> {
  try {
    await once(readFileSync(file), context);
  } finally {
    new Expectations(context).begin();
  }
}

/** Where in our code it was thrown says nothing. */
function inOneLine(error: Error): never {
  error.stack = `${error.name}: ${error.message}`;
  throw error;
}

const failing = (suite: RunnerTestSuite | undefined): number =>
  suite?.tasks.filter(({ result }) => result?.state === 'fail').length ?? 0;
