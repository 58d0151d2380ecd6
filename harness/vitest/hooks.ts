import { type RunnerTestSuite, type TestContext, TestRunner } from 'vitest';

type Hook = (context: TestContext, suite: RunnerTestSuite) => unknown;
type Bound = (context: TestContext) => unknown;

/** `beforeEach` and `afterEach` around a test, its own suite's and those of the suites around that. */
export class EachHooks {
  readonly #before: readonly Bound[];
  readonly #after: readonly Bound[];

  private constructor(before: readonly Bound[], after: readonly Bound[]) {
    this.#before = before;
    this.#after = after;
  }

  /** Takes them away from vitest, which would call them around the test: they are to be called around each run. */
  static taken(suite: RunnerTestSuite): EachHooks {
    const suites = around(suite);
    return new EachHooks(
      suites.flatMap((one) => take(one, 'beforeEach')),
      suites.toReversed().flatMap((one) => take(one, 'afterEach').toReversed()),
    );
  }

  get isEmpty(): boolean {
    return this.#before.length === 0 && this.#after.length === 0;
  }

  /** Calls those before, some work, and those behind it, in whatever way it ends. */
  async around(context: TestContext, work: () => Promise<void>): Promise<void> {
    const cleanups: unknown[] = [];
    try {
      for (const hook of this.#before) cleanups.push(await hook(context));
      await work();
    } finally {
      for (const hook of this.#after) await hook(context);
      for (const cleanup of cleanups.reverse()) if (typeof cleanup === 'function') await cleanup();
    }
  }
}

function take(suite: RunnerTestSuite, name: 'beforeEach' | 'afterEach'): Bound[] {
  const hooks = TestRunner.getSuiteHooks(suite as never)[name] as unknown as Hook[];
  return hooks.splice(0).map((hook) => (context) => hook(context, suite));
}

/** The outermost, which is the file, first. */
const around = (suite: RunnerTestSuite): RunnerTestSuite[] =>
  'filepath' in suite ? [suite] : [...around(suite.suite ?? suite.file), suite];
