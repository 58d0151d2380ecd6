import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Session } from '../../harness/feedback/session.ts';
import type { Kernel } from '../../src/abi/kernel.ts';
import { pcLow } from '../../src/abi/text.ts';
import { boot } from '../../src/boot.ts';
import { kldload, kldstat } from '../../src/ksyms/linker.ts';

const BASE = 0x80000;
const pc = (site: number): number => pcLow(BASE + 8 * site);
let kernel: Kernel;
beforeAll(() => {
  kernel = boot().kernel;
  const symbols = [{ name: '<module>', offset: 0, size: 80 }];
  kldload('/app/a.js', BASE, 80, JSON.stringify({ symbols, lines: '' }));
});

interface Seen {
  integers: number[][];
  strings: string[][];
  regions: Buffer[];
}
let session: Session;
const setUp = (): Seen => {
  const seen: Seen = { integers: [], strings: [], regions: [] };
  session = new Session({
    kldstat,
    hooks: {
      registerModuleCounters: (region) => seen.regions.push(region),
      traceIntegerCompare: (_, a, b) => seen.integers.push([a, b]),
      traceUnequalStrings: (_, a, b) => seen.strings.push([a, b]),
    },
  });
  return seen;
};
afterEach(() => session.close());

describe('one input', () => {
  test('its PCs are counters when the run is over, and its comparisons are told', () => {
    const seen = setUp();
    const target = (data: Buffer): number => {
      kernel.__sanitizer_cov_trace_pc(pc(data[0]!));
      kernel.trace_const_cmp(0x1234, data[0], pc(5));
      kernel.trace_cmp('GET', 'PUT', pc(6));
      return data.length;
    };
    expect(session.trace(target, Buffer.from([3, 1]))).toBe(2);
    expect(seen.regions[0]!.reduce((sum, value) => sum + value, 0)).toBe(1);
    expect(seen.integers).toContainEqual([0x1234, 3]);
    expect(seen.strings).toEqual([['GET', 'PUT']]);
    expect(session.stats).toEqual({ runs: 1, compareRuns: 1, overflows: 0 });
  });

  test('one that reached nothing new is run once, but for a small share', () => {
    const seen = setUp();
    const target = (): void => kernel.__sanitizer_cov_trace_pc(pc(1));
    for (let i = 0; i < 1000; i++) {
      for (const region of seen.regions) region.fill(0);
      session.trace(target, Buffer.alloc(1));
    }
    expect(session.stats.runs).toBe(1000);
    expect(session.stats.compareRuns).toBeGreaterThan(1);
    expect(session.stats.compareRuns).toBeLessThan(150);
  });

  test('the second run sees the bytes of the first, whatever that wrote into them', () => {
    setUp();
    const inputs: number[] = [];
    session.trace(
      (data) => {
        inputs.push(data[0]!);
        kernel.__sanitizer_cov_trace_pc(pc(2));
        data.fill(9);
      },
      Buffer.from([7]),
    );
    expect(inputs).toEqual([7, 7]);
  });

  test('a target that throws has its PCs counted, is not run again, and the error comes through', () => {
    const seen = setUp();
    let runs = 0;
    const target = (): never => {
      runs++;
      kernel.__sanitizer_cov_trace_pc(pc(3));
      throw new Error('mine');
    };
    expect(() => session.trace(target, Buffer.alloc(1))).toThrow('mine');
    expect(runs).toBe(1);
    expect(seen.regions[0]!.includes(1)).toBe(true);
  });

  test('a promise is waited for, in both runs', async () => {
    const seen = setUp();
    const result = await session.trace(async () => {
      await null;
      kernel.__sanitizer_cov_trace_pc(pc(4));
      kernel.trace_cmp(1000, 2000, pc(5));
      return 'done';
    }, Buffer.alloc(1));
    expect(result).toBe('done');
    expect(seen.regions[0]!.includes(1)).toBe(true);
    expect(seen.integers).toEqual([[1000, 2000]]);
  });

  test('a trace that does not fit is counted', () => {
    setUp();
    session.trace(() => {
      for (let i = 0; i < 300_000; i++) kernel.__sanitizer_cov_trace_pc(pc(1));
    }, Buffer.alloc(1));
    expect(session.stats.overflows).toBe(1);
  });
});
