import { describe, expect, it } from 'vitest';
import { Share } from '../../harness/feedback/share.ts';
import fc from '../fast-check.ts';

/** Executes `runs` runs, of which each is told by `next`; returns how many were repeated. */
function repeated(
  runs: number,
  next: (i: number) => { pcs: number; comparisons: number; isNew?: boolean },
): number {
  const share = new Share();
  let count = 0;
  for (let i = 0; i < runs; i++) {
    const { pcs, comparisons, isNew = false } = next(i);
    share.ran(pcs, isNew);
    if (!share.wantsCompares()) continue;
    share.compared(comparisons);
    count++;
  }
  return count;
}

describe('runs that are repeated for their comparisons', () => {
  it('are all that found something new', () => {
    expect(repeated(100, () => ({ pcs: 5000, comparisons: 60000, isNew: true }))).toBe(100);
  });

  it('are, of runs like one another, a sixteenth at most, and a sixteenth where comparisons are few', () => {
    fc.assert(
      fc.property(fc.nat(262_143), fc.nat(65_535), (pcs, comparisons) => {
        expect(repeated(1000, () => ({ pcs, comparisons }))).toBeLessThanOrEqual(Math.ceil(1000 / 16));
      }),
    );
    expect(repeated(1000, () => ({ pcs: 20, comparisons: 10 }))).toBeGreaterThan(44);
  });

  it('get rarer the more they compare, and never stop', () => {
    const cheap = repeated(10_000, () => ({ pcs: 100, comparisons: 20 }));
    const dear = repeated(10_000, () => ({ pcs: 100, comparisons: 5000 }));
    expect(dear).toBeLessThan(cheap / 10);
    expect(dear).toBeGreaterThan(0);
  });

  it('do the same a second time', () => {
    const mixed = () =>
      repeated(5000, (i) => ({
        pcs: (i * 7919) % 3000,
        comparisons: (i * 104729) % 800,
        isNew: i % 97 === 0,
      }));
    expect(mixed()).toBe(mixed());
  });
});
