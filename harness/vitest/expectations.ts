import { expect, type TestContext } from 'vitest';

/** What `expect` keeps of a test in the course of it, so that each run of an input begins anew and is held to it. */
export class Expectations {
  readonly #context: TestContext;

  constructor(context: TestContext) {
    this.#context = context;
  }

  begin(): void {
    const expect = this.#expect();
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
    const { assertionCalls, ...expected } = this.#expect().getState();
    this.#throwSoft();
    if (expected.expectedAssertionsNumber != null && assertionCalls !== expected.expectedAssertionsNumber)
      throw expected.expectedAssertionsNumberErrorGen!();
    if (expected.isExpectingAssertions && assertionCalls === 0) throw expected.isExpectingAssertionsError;
  }

  /** Its own where the target has taken it from the context, as vitest looks for it. */
  #expect(): typeof expect {
    const context = this.#context as TestContext & { _local?: boolean };
    return context._local ? (context.expect as typeof expect) : expect;
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
