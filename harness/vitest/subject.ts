import type { TestContext, test } from 'vitest';
import type { FuzzTarget } from '../engine/execution.ts';

export type Test = typeof test;

/** What a fuzz test executes, whatever its target is given. */
export interface Subject {
  /** What the target takes out of vitest's context; undefined where it takes nothing. */
  taken: readonly string[] | undefined;
  /** The target as whoever executes inputs calls it. */
  bind(context: TestContext): FuzzTarget;
  /** What an input stands for, in lines; none where that is its bytes. */
  describe(input: Buffer): readonly string[];
  /** Says of a failure what it failed on, where that is more than the input's bytes. */
  explain(error: unknown, input: Buffer, context: TestContext): Promise<unknown>;
}
