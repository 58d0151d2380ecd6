import type { TestContext } from 'vitest';
import { expectOf } from './expectations.ts';

/** What we need of vitest's `SnapshotState`. */
interface Counter {
  get(test: string): number | undefined;
}

/** Whether a test has compared snapshots: each further run of it would write further ones. */
export function countsSnapshots(context: TestContext): boolean {
  const { snapshotState } = expectOf(context).getState();
  const state = snapshotState as unknown as Record<string, Counter> | undefined;
  return ['added', 'matched', 'unmatched', 'updated'].some(
    (name) => (state?.[name]?.get(context.task.id) ?? 0) > 0,
  );
}
