import { describe, expect, test } from 'vitest';
import { TimeShare } from '../../harness/feedback/time-share.ts';

/** A clock that is set by hand, and a share that runs by it. */
function start() {
  let now = 0;
  const share = new TimeShare(() => now);
  let hints = 0;
  let total = 0;
  return {
    share,
    /** For so many milliseconds, steps of 1 where there is time for them, and executions of 1 otherwise. */
    spend(milliseconds: number, { hintsFind = false, fuzzerFinds = false } = {}): void {
      for (let i = 0; i < milliseconds; i++, total++) {
        const isStep = share.isThere;
        share.runs(isStep);
        now++;
        if (isStep) hints++;
        if (isStep ? hintsFind : fuzzerFinds) share.found();
      }
    },
    /** The share that hints had since this was asked last. */
    taken(): number {
      const part = hints / total;
      hints = total = 0;
      return part;
    },
  };
}

describe('of the time, hints have', () => {
  test('a half while both find something', () => {
    const { spend, taken } = start();
    spend(5000, { hintsFind: true, fuzzerFinds: true });
    expect(taken()).toBeCloseTo(0.5, 1);
  });

  test('no more than that, though only they do', () => {
    const { spend, taken } = start();
    spend(5000, { hintsFind: true });
    const part = taken();
    expect(part).toBeLessThan(0.56);
    expect(part).toBeGreaterThan(0.4);
  });

  test('a sixteenth where only the others find something', () => {
    const { spend, taken } = start();
    spend(5000, { fuzzerFinds: true });
    taken();
    spend(20_000, { fuzzerFinds: true });
    expect(taken()).toBeCloseTo(1 / 16, 1);
  });

  test('less and less where nobody finds anything, and never nothing', () => {
    const { spend, taken } = start();
    const parts = [4000, 4000, 20_000, 20_000].map((milliseconds) => {
      spend(milliseconds);
      return taken();
    });
    expect(parts[0]).toBeGreaterThan(0.4);
    expect(parts[1]).toBeLessThan(parts[0]!);
    expect(parts[2]).toBeLessThan(parts[1]!);
    expect(parts[3]).toBeGreaterThan(0.02);
  });

  test('their half again as soon as they find something', () => {
    const { spend, taken } = start();
    spend(30_000);
    taken();
    spend(5000, { hintsFind: true });
    expect(taken()).toBeGreaterThan(0.35);
  });
});

test('a step is charged to the hints, whatever runs', () => {
  let now = 0;
  const share = new TimeShare(() => now);
  share.runs(false);
  now = 10;
  share.begin();
  now = 500;
  share.end();
  expect(share.isThere).toBe(false);
});

test('of the time of the hints, half at least is for trying what was learned', () => {
  let now = 0;
  const share = new TimeShare(() => now);
  let learning = 0;
  let total = 0;
  for (let i = 0; i < 2000; i++) {
    // Each input is worth learning from, which takes as long as twenty candidates.
    if (share.mayLearn) {
      share.begin();
      now += 20;
      share.learned();
      learning += 20;
    }
    share.runs(true);
    now++;
    total = now;
  }
  expect(learning / total).toBeGreaterThan(0.4);
  expect(learning / total).toBeLessThan(0.6);
});
