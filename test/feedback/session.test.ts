import { afterEach, describe, expect, it } from 'vitest';
import { Session, type SessionOptions } from '../../harness/feedback/session.ts';
import { KERNEL_GLOBAL, type Kernel } from '../../src/abi/kernel.ts';
import { pcLow } from '../../src/abi/text.ts';
import { boot } from '../../src/boot.ts';
import { kldstat } from '../../src/ksyms/linker.ts';

/** A module written by hand: site n is at BASE + 8 n. */
const BASE = 0x40000;
const SITES = 40;
boot();
const kernel = (globalThis as Record<string, unknown>)[KERNEL_GLOBAL] as Kernel;
kernel.kldload('/by/hand.js', BASE, 8 * SITES, JSON.stringify({ symbols: [], lines: '' }));

const at = (site: number): number => pcLow(BASE + 8 * site);
const pc = (site: number): void => kernel.__sanitizer_cov_trace_pc(at(site));
/** `a === b` with a literal `a`, as it is compiled. */
function equals(a: unknown, b: unknown, site: number): boolean {
  if (kernel.cmp !== 0) kernel.trace_const_cmp(a, b, at(site));
  return a === b;
}

let session: Session;
afterEach(() => session.close());

function start(options: Partial<SessionOptions> = {}) {
  const regions: Buffer[] = [];
  const calls: unknown[][] = [];
  session = new Session({
    kldstat,
    hooks: {
      registerModuleCounters: (region) => void regions.push(region),
      traceIntegerCompare: (...call) => void calls.push(call),
      traceUnequalStrings: (...call) => void calls.push(call),
      traceStringContainment: (...call) => void calls.push(call),
    },
    ...options,
  });
  return {
    calls,
    counts: () => [...regions[0]!],
    /** Whether something new has come, and was looked at a second time. */
    isNew(execute: () => void): boolean {
      const { confirmRuns } = session.stats;
      for (const region of regions) region.fill(0);
      session.trace(execute, Buffer.from('input'));
      return session.stats.confirmRuns > confirmRuns;
    },
    reached: () => [...regions[0]!].flatMap((count, site) => (count > 0 ? [site] : [])),
    /** Traces as libFuzzer calls a target: with cleared counters. */
    trace<R>(execute: (data: Buffer) => R, data = Buffer.from('input')): R {
      for (const region of regions) region.fill(0);
      return session.trace(execute, data);
    },
  };
}

const isTracing = (): boolean => kernel.end !== 0 || kernel.cmp !== 0;

describe('a synchronous run', () => {
  it('counts the sites that it reached, and only those of that run', () => {
    const { trace, reached } = start();
    trace(() => [1, 2, 3].forEach(pc));
    expect(reached()).toEqual([1, 2, 3]);
    trace(() => pc(7));
    expect(reached()).toEqual([7]);
    expect(isTracing()).toBe(false);
  });

  it('is executed again with the same bytes when it is new, though the target wrote into them', () => {
    const { trace, calls } = start();
    const seen: string[] = [];
    const execute = (data: Buffer) => {
      seen.push(data.toString('latin1'));
      pc(1);
      equals(0x4b, data[0], 2);
      equals('magic', data.toString('latin1'), 3);
      data.fill(0);
      return 'result';
    };
    expect(trace(execute)).toBe('result');
    expect(seen).toEqual(['input', 'input', 'input']); // counted, confirmed, compared
    expect(calls).toContainEqual([BASE / 8 + 2, 0x4b, 'i'.charCodeAt(0)]);
    expect(calls).toContainEqual([BASE / 8 + 3, 'magic', 'input']);
    trace(execute);
    expect(seen).toHaveLength(4);
    expect(session.stats).toMatchObject({ runs: 2, confirmRuns: 1, compareRuns: 1, overflows: 0 });
  });

  it('is executed once more from time to time when it is not', () => {
    const { trace } = start();
    for (let i = 0; i < 1000; i++) trace(() => pc(1));
    expect(session.stats.compareRuns).toBeGreaterThan(50);
    expect(session.stats.compareRuns).toBeLessThanOrEqual(101);
  });

  it('that is large is executed again with all its bytes', () => {
    const { trace } = start();
    const lengths: number[] = [];
    trace(
      (data) => {
        pc(1);
        lengths.push(data.length, data.lastIndexOf('z'));
      },
      Buffer.from(`${'a'.repeat(1e6)}z`),
    );
    expect(lengths).toEqual([1_000_001, 1e6, 1_000_001, 1e6, 1_000_001, 1e6]);
  });

  it('that throws is counted, and not executed again', () => {
    const { trace, reached } = start();
    let executions = 0;
    const execute = () => {
      executions++;
      pc(5);
      throw new RangeError('out');
    };
    expect(() => trace(execute)).toThrow(RangeError);
    expect([executions, reached(), isTracing()]).toEqual([1, [5], false]);
  });

  it('whose second execution throws, throws', () => {
    const { trace } = start();
    let executions = 0;
    const execute = () => {
      pc(1);
      if (++executions === 2) throw new Error('second');
    };
    expect(() => trace(execute)).toThrow('second');
    expect(isTracing()).toBe(false);
  });

  it('that is slow is not repeated', () => {
    const { trace } = start({ slow: 5 });
    trace(() => {
      const end = performance.now() + 10;
      while (performance.now() < end) pc(1);
    });
    expect(session.stats.compareRuns).toBe(0);
  });

  it('is always repeated where every comparison is wanted', () => {
    const { trace } = start({ everyComparison: true });
    for (let i = 0; i < 20; i++) trace(() => pc(1));
    expect(session.stats.compareRuns).toBe(20);
  });

  it('that overflows the buffer loses no place: what came later is traced by a further execution', () => {
    const { trace, reached, isNew } = start();
    const long = (last: number) => () => {
      for (let i = 0; i < 300_000; i++) pc(1);
      pc(last);
    };
    trace(long(2));
    expect(session.stats.overflows).toBe(1);
    expect(reached()).toEqual([1, 2]);
    expect(isNew(long(2))).toBe(false);
    expect(isNew(long(3))).toBe(true);
    expect(reached()).toEqual([1, 3]);
  });
});

describe('what is new', () => {
  it('counts as often as it came in both of two executions', () => {
    const { trace, counts } = start();
    let execution = 0;
    trace(() => {
      pc(1);
      for (let i = 0; i < (++execution === 1 ? 20 : 5); i++) pc(2);
    });
    expect(counts().slice(1, 3)).toEqual([1, 5]);
  });

  it('and does not come back does not count: lazy initialisation', () => {
    const { trace, reached, isNew } = start();
    let ready = false;
    const lazy = () => {
      pc(1);
      if (!ready) pc(2);
      ready = true;
    };
    trace(lazy);
    expect(reached()).toEqual([1]);
    expect(session.stability.flaky).toEqual([at(2)]);
    expect(isNew(lazy)).toBe(false);
  });

  it('is asked about again when it comes later, and counts when it comes back then', () => {
    const { trace, reached } = start();
    let ready = false;
    trace(() => {
      pc(1);
      if (!ready) pc(2);
      ready = true;
    });
    trace(() => [1, 2].forEach(pc));
    expect(reached()).toEqual([1, 2]);
  });

  it('at a place that never comes back is left alone after a while, and shown to nobody', () => {
    const { trace, reached } = start();
    let executions = 0;
    const noisy = () => {
      pc(1);
      if (++executions % 2) pc(2);
    };
    for (let i = 0; i < 50; i++) {
      executions = 0;
      trace(noisy);
      expect(reached()).toEqual([1]);
    }
    expect(session.stats.confirmRuns).toBeLessThan(8);
  });

  it('counts all the same where the target remembers what it was given', () => {
    const { trace, reached } = start();
    const cache = new Set<number>();
    const cached = (key: number) => () => {
      pc(0);
      if (cache.has(key)) return;
      cache.add(key);
      for (let i = 1; i < 5; i++) pc(i);
      pc(10 + key);
    };
    for (let key = 0; key < 20; key++) trace(cached(key));
    expect(session.remembers).toBe(true);
    expect(reached()).toContain(29);
  });

  it('tells how stable the places are, and which are not', () => {
    const { trace } = start();
    let executions = 0;
    trace(() => {
      for (let i = 0; i < 9; i++) pc(i);
      if (executions++ > 0) pc(30);
    });
    expect(session.stability.flaky).toEqual([at(30)]);
    expect(session.stability.share).toBeCloseTo(8 / 9);
  });
});

describe('where failures are hidden', () => {
  const fail = (sites: number[], on = 1) => {
    let executions = 0;
    return () => {
      for (const site of sites) pc(site);
      if (++executions === on) throw new Error('failed');
    };
  };

  it.each([
    1, 2, 3,
  ])('an input shows nothing if its execution %i fails, and the next is none the worse', (on) => {
    const { trace, reached, isNew } = start({ hidesFailures: true });
    expect(() => trace(fail([1, 2, 3], on))).toThrow('failed');
    expect(reached()).toEqual([]);
    trace(() => [2, 5].forEach(pc));
    expect(reached()).toEqual([2, 5]);
    expect(isNew(() => [1, 9].forEach(pc))).toBe(true);
    expect(reached()).toEqual([1, 9]);
  });

  it('so it is where a promise rejects', async () => {
    const { trace, reached } = start({ hidesFailures: true });
    const run = trace(async () => {
      pc(1);
      await null;
      throw new Error('failed');
    });
    await expect(run).rejects.toThrow('failed');
    expect(reached()).toEqual([]);
  });
});

describe('what was reached for the first time', () => {
  it('is told once, when it counts', () => {
    const { trace } = start();
    trace(() => [1, 2].forEach(pc));
    trace(() => [2, 3].forEach(pc));
    expect(session.takeReached()).toEqual([at(1), at(2), at(3)]);
    let executions = 0;
    trace(() => {
      pc(1);
      if (++executions === 1) pc(4); // Does not come back.
    });
    expect(session.takeReached()).toEqual([]);
  });

  it('is told with its input', () => {
    const inputs: string[] = [];
    const { trace } = start({ onNew: (input) => void inputs.push(Buffer.from(input).toString()) });
    trace(() => pc(1), Buffer.from('first'));
    trace(() => pc(1), Buffer.from('second'));
    trace(() => pc(2), Buffer.from('third'));
    expect(inputs).toEqual(['first', 'third']);
  });
});

describe('an asynchronous run', () => {
  const later = () => new Promise((resolve) => setImmediate(resolve));

  it('is traced until it settles', async () => {
    const { trace, reached } = start();
    const run = trace(async () => {
      pc(1);
      await later();
      pc(2);
      return 'result';
    });
    expect(isTracing()).toBe(true);
    expect(await run).toBe('result');
    expect([reached(), isTracing()]).toEqual([[1, 2], false]);
    expect(session.stats.compareRuns).toBe(1);
  });

  it('that rejects is counted, and not executed again', async () => {
    const { trace, reached } = start();
    let executions = 0;
    const run = trace(async () => {
      executions++;
      await later();
      pc(3);
      throw new TypeError('late');
    });
    await expect(run).rejects.toThrow('late');
    expect([executions, reached(), isTracing()]).toEqual([1, [3], false]);
  });

  it('reports the comparisons of its second execution', async () => {
    const { trace, calls } = start();
    await trace(async (data) => {
      pc(1);
      await later();
      equals(1000, data.length, 4);
    });
    expect(calls).toEqual([[BASE / 8 + 4, 1000, 5]]);
  });

  it('whose second execution rejects, rejects', async () => {
    const { trace } = start();
    let executions = 0;
    const run = trace(async () => {
      pc(1);
      await later();
      if (++executions === 2) throw new Error('second');
    });
    await expect(run).rejects.toThrow('second');
  });
});

it('a session that is closed leaves nothing behind, and the next one works', () => {
  start().trace(() => pc(1));
  session.close();
  expect(kernel.hooks).toBe(null);
  const { trace, reached } = start();
  trace(() => pc(2));
  expect(reached()).toEqual([2]);
});
