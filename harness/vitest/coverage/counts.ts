import { COUNTERS_GLOBAL, type CounterSection } from '../../../src/abi/counters.ts';

/** What modules counted, by their keys (see countersKey). It is sent and stored as JSON. */
export type Counts = Record<string, number[]>;

/**
 * Takes what this realm has counted since it was taken last; modules that counted nothing are left out.
 *
 * Counters go on from 0, so that of several test files in one realm each has its own counts.
 */
export function takeCounts(): Counts {
  const section = (globalThis as { [COUNTERS_GLOBAL]?: CounterSection })[COUNTERS_GLOBAL] ?? {};
  const counts: Counts = {};
  for (const [key, counters] of Object.entries(section)) {
    if (counters.every((count) => count === 0)) continue;
    counts[key] = Array.from(counters, (count) => count >>> 0);
    counters.fill(0);
  }
  return counts;
}

/** Adds counts to a sum. */
export function addCounts(sum: Map<string, number[]>, counts: Counts): void {
  for (const [key, more] of Object.entries(counts)) {
    const known = sum.get(key);
    if (known === undefined) sum.set(key, more);
    else for (const [i, count] of more.entries()) known[i]! += count;
  }
}
