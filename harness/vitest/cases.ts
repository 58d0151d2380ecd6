import { type TestContext, type TestOptions, TestRunner } from 'vitest';
import { isThenable } from '../../src/thenable.ts';
import type { FuzzTarget } from '../engine/execution.ts';
import { readInput } from '../inputs.ts';
import { invoke } from '../invoke.ts';
import { UsageError } from '../usage.ts';
import { noContext } from './bytes.ts';
import { type Case, casesOf, type TestCorpus } from './corpus.ts';
import { hasHung, stoppable } from './hangs.ts';
import type { Declaration } from './misuse.ts';
import { withoutOurs } from './retold.ts';
import type { Subject, Test } from './subject.ts';

/** Declares a test for each input. The empty one is always among them, so that the target runs at least once. */
export function cases(
  test: Test,
  subject: Subject,
  corpus: TestCorpus,
  declaration: Declaration,
  options: TestOptions,
): void {
  const files = inputs(corpus, declaration);
  const declare = (name: string, of: Subject, read: () => Buffer): void => {
    test(
      name,
      options,
      testFunction(of, (context) => {
        shownAt(declaration, context);
        return once(of, read(), context);
      }),
    );
    located();
  };
  declare('the empty input', subject, () => Buffer.alloc(0));
  for (const { name, file } of files)
    declare(name, hasHung(file) ? stoppable(subject) : subject, () => readInput(file).data);
}

function inputs(corpus: TestCorpus, declaration: Declaration): Case[] {
  try {
    return casesOf(corpus);
  } catch (error) {
    throw error instanceof UsageError ? declaration.misuse(error.message) : error;
  }
}

/** Declares a test that fails: the others of the file go on, and so do those who skip this one. */
export function fails(test: Test, error: unknown): void {
  test('its declaration', () => {
    throw error;
  });
  located();
}

/**
 * Runs one input, as a test does. What is done at once is so here too: vitest looks for assertions that nobody waited
 * for when the function of a test returns.
 */
export function once(subject: Subject, input: Buffer, context: TestContext): unknown {
  const fail = async (error: unknown): Promise<never> => {
    if (isSkip(error)) throw error;
    throw withoutOurs(await subject.explain(error, input, context));
  };
  const end = (): void => tellSoft(subject, input, context);
  try {
    const result = run(guarded(subject.bind(context), context), Buffer.from(input));
    if (result === undefined) return end();
    return result.then(end, fail);
  } catch (error) {
    return fail(error);
  }
}

/** Of `context.skip()`. */
const isSkip = (error: unknown): boolean =>
  (error as { code?: unknown } | null | undefined)?.code === 'VITEST_PENDING';

/** @returns undefined where it is done already */
function run(target: FuzzTarget, input: Buffer): Promise<unknown> | undefined {
  if (target.length >= 2) return invoke(target, input);
  const result: unknown = target(input);
  return isThenable(result) ? Promise.resolve(result) : undefined;
}

/** Of what `expect.soft` has noted nothing is thrown. */
function tellSoft(subject: Subject, input: Buffer, { task }: TestContext): void {
  const lines = task.result?.errors === undefined ? [] : subject.describe(input);
  if (lines.length === 0) return;
  for (const error of task.result!.errors!) error.message = [error.message, '', ...lines].join('\n');
}

const guarded = (target: FuzzTarget, context: TestContext): FuzzTarget =>
  target.length < 2 ? target : (data, done) => target(data, noContext(done!, context));

/** Vitest reads the names of the fixtures that a test needs from its text, so it is shown one with them. */
export function testFunction({ taken }: Subject, run: (context: TestContext) => unknown) {
  const test = (context: TestContext): unknown => run(context);
  return Object.defineProperty(test, 'toString', { value: () => `({ ${(taken ?? []).join(', ')} }) => {}` });
}

/** Editors show the result of the test that was declared last at the line of its fuzz test, and run it from there. */
function located(): void {
  const { tasks, suite } = TestRunner.getCurrentSuite();
  const { location } = suite as { location?: { line: number; column: number } };
  if (location !== undefined) Object.assign(tasks.at(-1)!, { location });
}

/** Vitest shows where a test was declared that took too long, which is here, and frames that are ours. */
function shownAt(declaration: Declaration, context: TestContext): void {
  context.onTestFailed(({ task }) => {
    for (const error of task.result?.errors ?? []) {
      withoutOurs(error);
      const isElsewhere = error.name === 'UsageError' && !error.stack?.includes(task.file.filepath);
      if (isElsewhere || error.message.startsWith('Test timed out in '))
        error.stack = declaration.stackOf(error);
    }
  });
}
