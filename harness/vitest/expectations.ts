import { expect, type TestContext } from 'vitest';

/** A test's own `expect` where the target has taken it from the context, as vitest looks for it; else that of all. */
export function expectOf(context: TestContext): typeof expect {
  const { _local } = context as TestContext & { _local?: boolean };
  return _local ? (context.expect as typeof expect) : expect;
}

/** What `expect` keeps of a test in the course of it, so that each run of an input begins anew and is held to it. */
export class Expectations {
  readonly #context: TestContext;

  constructor(context: TestContext) {
    this.#context = context;
  }

  begin(): void {
    const expect = expectOf(this.#context);
    // Snapshots of inputs that are no test cases are compared with nothing, and kept nowhere.
    expect.getState().snapshotState?.clearTest(this.#context.task.id);
    expect.setState({
      assertionCalls: 0,
      isExpectingAssertions: false,
      expectedAssertionsNumber: null,
    } as never);
  }

  /** @throws what `expect.soft` has noted, or where `expect.assertions` and `expect.hasAssertions` do not hold */
  end(): void {
    const { assertionCalls, ...expected } = expectOf(this.#context).getState();
    this.#throwSoft();
    if (expected.expectedAssertionsNumber != null && assertionCalls !== expected.expectedAssertionsNumber)
      throw expected.expectedAssertionsNumberErrorGen!();
    if (expected.isExpectingAssertions && assertionCalls === 0) throw expected.isExpectingAssertionsError;
  }

  #throwSoft(): void {
    const { result } = this.#context.task;
    const [first] = result?.errors ?? [];
    if (first === undefined) return;
    delete result!.errors;
    result!.state = 'run';
    throw Object.assign(new Error(first.message), first);
  }
}
