import type { RunnerTask, RunnerTestFile } from 'vitest';
import { type FuzzTest, formatNames } from './fuzz-test.ts';
import { fuzzingName } from './handover.ts';

/** Its message is one line for whoever has named the test. */
export class NoFuzzTest extends Error {}

/** Why there is no such fuzz test in what vitest has loaded, in one line. */
export function whyMissing(files: readonly RunnerTestFile[], { file, names }: FuzzTest): string {
  if (files.length === 0) return `the configuration of vitest does not take ${file} for a test file`;
  const error = files.flatMap((one) => one.result?.errors ?? [])[0];
  if (error !== undefined) return `cannot be loaded: ${error.message.split('\n')[0]}`;
  const known = files.flatMap((one) => fuzzTests(one.tasks, [])).map((name) => `'${name}'`);
  const instead = known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`;
  return `${file} has no fuzz test '${formatNames(names)}'; ${instead}`;
}

function fuzzTests(tasks: readonly RunnerTask[], names: readonly string[]): string[] {
  return tasks.flatMap((task) => {
    if (task.type === 'suite') return fuzzTests(task.tasks, [...names, task.name]);
    return task.name === fuzzingName(names) ? [formatNames(names)] : [];
  });
}
