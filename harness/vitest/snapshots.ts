import { expect, type TestContext } from 'vitest';

/** What we need of vitest's `SnapshotState`. */
interface Counter {
  get(test: string): number | undefined;
}

/** Whether a test has compared snapshots: each further run of it would write further ones. */
export function countsSnapshots(context: TestContext): boolean {
  const { task, _local } = context as TestContext & { _local?: boolean };
  // Its own where the target has taken it from the context, as vitest looks for it.
  const { snapshotState } = (_local ? context.expect : expect).getState();
  const state = snapshotState as unknown as Record<string, Counter> | undefined;
  return ['added', 'matched', 'unmatched', 'updated'].some((name) => (state?.[name]?.get(task.id) ?? 0) > 0);
}
