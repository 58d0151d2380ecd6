import {
  beforeAll,
  describe,
  type RunnerTestCase,
  type RunnerTestSuite,
  type TestContext,
  type TestOptions,
  TestRunner,
} from 'vitest';
import type { FindingRecord } from '../findings/record.ts';
import { aheadOf } from './ahead.ts';
import { cases, fails, once, testFunction } from './cases.ts';
import { claim } from './claims.ts';
import { corpusOf, type TestCorpus } from './corpus.ts';
import { EachHooks } from './hooks.ts';
import type { FuzzTest } from './host/fuzz-test.ts';
import { fuzzingName, type Handover, handover } from './host/handover.ts';
import { type FuzzMeta, META } from './meta.ts';
import type { Declaration } from './misuse.ts';
import { fuzzingSeconds } from './mode.ts';
import { type FuzzOptions, suiteOptions } from './options.ts';
import type { Subject, Test } from './subject.ts';
import { asTries } from './tries.ts';

/** Vitest's `describe`, or what its `each` and `for` make of it: then the last function is given a row. */
export type Describe = (name: string, options: TestOptions, body: (...row: unknown[]) => void) => unknown;

/** How a fuzz test is declared. */
export interface Setting {
  /** vitest's test, or one with fixtures. */
  test: Test;
  /** What `skip`, `only` and the like stand for. */
  options: TestOptions;
  describe: Describe;
}

/** Declares the suite of a fuzz test: a test for each input, or the one that hands the target over. */
export function declare(
  setting: Setting,
  name: string,
  subjectOf: (row: readonly unknown[]) => Subject,
  options: FuzzOptions,
  declaration: Declaration,
): void {
  if (TestRunner.getCurrentTest() !== undefined)
    throw declaration.misuse('it is called inside a test; fuzz tests stand beside tests, or in a describe');
  const all = { ...suiteOptions(options), ...setting.options };
  setting.describe(name, all, (...row) => body(setting.test, subjectOf(row), options, declaration));
}

const ONE_BY_ONE: TestOptions = { concurrent: false };

function body(test: Test, subject: Subject, options: FuzzOptions, declaration: Declaration): void {
  const { where, suite } = place();
  const corpus = corpusOf(where.file, where.names, options);
  Object.assign(suite.meta, { [META]: { corpus: corpus.roots } satisfies FuzzMeta });
  try {
    const wrong = claim(suite.file, where, corpus);
    if (wrong !== undefined) throw declaration.misuse(wrong);
    const to = handover();
    const seconds = fuzzingSeconds();
    if (to !== undefined) handsOver(test, subject, to, where);
    else {
      // Cases come one after the other, before the fuzzing.
      cases(test, subject, corpus, declaration, seconds === undefined ? {} : ONE_BY_ONE);
      if (seconds !== undefined) fuzzingTest({ test, subject, corpus, options, seconds, where });
    }
  } catch (error) {
    fails(test, error);
  }
}

function handsOver(test: Test, subject: Subject, to: Handover, { names }: FuzzTest): void {
  let hooks: EachHooks;
  const { suite } = TestRunner.getCurrentSuite();
  beforeAll(() => {
    hooks = EachHooks.taken(suite!);
  });
  const take = (context: TestContext): Promise<void> =>
    to.take(asTries(subject.bind(context), context, hooks));
  test(fuzzingName(names), testFunction(subject, take));
}

type Run = [input: Buffer, context: TestContext];

interface Fuzzing {
  test: Test;
  subject: Subject;
  corpus: TestCorpus;
  options: FuzzOptions;
  seconds: number;
  where: FuzzTest;
}

/** What it takes is loaded where it is needed: a plain run of the tests stays as quick as it was. */
function fuzzingTest({ test, subject, ...rest }: Fuzzing): void {
  const tried: Subject = { ...subject, bind: (context) => asTries(subject.bind(context), context) };
  const mode = { ...rest, once: async (...run: Run) => void (await once(tried, ...run)) };
  const load = () => import('./fuzz-mode.ts');
  const { tasks, suite } = TestRunner.getCurrentSuite();
  const searches = aheadOf<readonly FindingRecord[]>(suite!.file);
  const fuzz = async (context: TestContext): Promise<void> => (await load()).fuzzes(mode, searches, context);
  test(fuzzingName(rest.where.names), { timeout: 0, retry: 0, repeats: 0 }, testFunction(subject, fuzz));
  searches.add(tasks.at(-1) as RunnerTestCase, async (signal) => (await load()).search(mode, signal));
}

/** The suite that is being declared, and where it stands. */
function place(): { where: FuzzTest; suite: RunnerTestSuite } {
  const suite = TestRunner.getCurrentSuite().suite!;
  return { where: { file: suite.file.filepath, names: namesOf(suite) }, suite };
}

/** Of a suite and those around it, the outermost first. */
const namesOf = (suite: RunnerTestSuite | undefined): string[] =>
  suite === undefined || 'filepath' in suite ? [] : [...namesOf(suite.suite), suite.name];

export const plainly: Describe = (name, options, body) => describe(name, options, () => body());
