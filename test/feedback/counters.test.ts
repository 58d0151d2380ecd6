import { describe, expect, it } from 'vitest';
import { Counters, type LoadedModule } from '../../harness/feedback/counters.ts';
import { KERNBASE, pcLow } from '../../src/abi/text.ts';
import fc from '../fast-check.ts';

const module = (base: number, sites: number): LoadedModule => ({
  address: KERNBASE + BigInt(base),
  size: 8 * sites,
});
const KERNEL = module(0, 32);

/** A mapped buffer that holds the PCs of these sites, given by their offsets into kernel text. */
function traced(offsets: readonly number[]): Int32Array {
  const words = new Int32Array(2 * (offsets.length + 1));
  words[0] = offsets.length;
  offsets.forEach((offset, i) => {
    words[2 * (i + 1)] = pcLow(offset);
    words[2 * (i + 1) + 1] = -1;
  });
  return words;
}

function start(modules: LoadedModule[]) {
  const regions: Buffer[] = [];
  let asked = 0;
  const kldstat = () => {
    asked++;
    return modules;
  };
  const counters = new Counters((region) => regions.push(region), kldstat);
  return {
    counters,
    regions,
    asked: () => asked,
    /** Counts as one run of libFuzzer does, which clears the counters before it. */
    run(offsets: readonly number[]): boolean {
      for (const region of regions) region.fill(0);
      counters.begin();
      counters.count(traced(offsets));
      return counters.publish() && counters.settle();
    },
  };
}

describe('modules that are loaded at the start', () => {
  it('share one region, with a counter for each site and none for the kernel', () => {
    const { regions, counters } = start([KERNEL, module(0x1000, 3), module(0x5000, 70)]);
    expect(regions.map((region) => region.length)).toEqual([73]);
    expect(counters.size).toBe(73);
  });

  it('number their counters by address, whatever the order of loading', () => {
    const modules = [module(0x5000, 40), module(0x1000, 3)];
    for (const loaded of [modules, [...modules].reverse()]) {
      const { regions, run } = start(loaded);
      run([0x1000, 0x1010, 0x5000, 0x5000 + 8 * 39]);
      expect([...regions[0]!].flatMap((count, i) => (count ? [i] : []))).toEqual([0, 2, 3, 42]);
    }
  });

  it('may be none', () => {
    const { regions, run } = start([KERNEL]);
    expect(regions).toEqual([]);
    expect(run([])).toBe(false);
  });

  it('may lie at the very end of kernel text', () => {
    const { regions, run } = start([module(0x7fffff00, 32)]);
    run([0x7ffffff8]);
    expect(regions[0]!.indexOf(1)).toBe(31);
  });

  it('whose text overlaps share the counters of the pages that both have', () => {
    const { regions, run } = start([module(0x1000, 32), module(0x1000, 64)]);
    run([0x1000, 0x1100]);
    expect(regions[0]).toHaveLength(64);
    expect([regions[0]![0], regions[0]![32]]).toEqual([1, 1]);
  });
});

describe('counting', () => {
  it('adds one for each time that a site is reached and stays at 255', () => {
    const { regions, run } = start([module(0x1000, 3)]);
    run([0x1000, ...Array(300).fill(0x1008)]);
    expect([...regions[0]!]).toEqual([1, 255, 0]);
  });

  it('counts what a plain tally counts', () => {
    const modules = [module(0x1000, 50), module(0x9900, 7)];
    const sites = modules.flatMap(({ address, size }) =>
      Array.from({ length: size / 8 }, (_, i) => Number(address - KERNBASE) + 8 * i),
    );
    const { regions, run } = start(modules);
    fc.assert(
      fc.property(fc.array(fc.nat(sites.length - 1), { maxLength: 900 }), (trace) => {
        run(trace.map((i) => sites[i]!));
        const tally = sites.map((_, i) => Math.min(255, trace.filter((one) => one === i).length));
        expect([...regions[0]!]).toEqual(tally);
      }),
    );
  });

  it('ignores what lies behind the count', () => {
    const { regions, counters } = start([module(0x1000, 3)]);
    const words = traced([0x1000, 0x1008]);
    words[0] = 1;
    counters.count(words);
    counters.publish();
    expect([...regions[0]!]).toEqual([1, 0, 0]);
  });
});

describe('a run is new', () => {
  const times = (count: number) => Array<number>(count).fill(0x1000);

  it('when a counter is in a class that it was not in before: libFuzzer has eight', () => {
    const { run } = start([module(0x1000, 1)]);
    const counts = [1, 1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 127, 128, 255, 300, 5, 1];
    const expected = [1, 0, 1, 1, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 0, 0, 0];
    expect(counts.map((count) => Number(run(times(count))))).toEqual(expected);
  });

  it('when a lower class is new after a higher one', () => {
    const { run } = start([module(0x1000, 1)]);
    expect([run(times(20)), run(times(2))]).toEqual([true, true]);
  });

  it('and is not when it reaches nothing', () => {
    expect(start([module(0x1000, 1)]).run([])).toBe(false);
  });
});

describe('modules that load later', () => {
  it('get a region of their own when they are first reached', () => {
    const modules = [module(0x1000, 3)];
    const { regions, run, asked } = start(modules);
    modules.push(module(0x4000, 5));
    expect(run([0x1000])).toBe(true);
    expect(regions).toHaveLength(1);
    expect(run([0x1000, 0x4020])).toBe(true);
    expect(regions).toHaveLength(2);
    expect(regions[1]![4]).toBe(1);
    run([0x4020, 0x4020]);
    expect([regions[0]![0], regions[1]![4]]).toEqual([0, 2]);
    expect(asked()).toBe(2);
  });

  it('take few regions, however many they are: libFuzzer has room for 4096', () => {
    const modules = [module(0x1000, 3)];
    const { regions, run, counters } = start(modules);
    for (let i = 0; i < 500; i++) {
      modules.push(module(0x10000 + i * 0x1000, 10));
      expect(run([0x10000 + i * 0x1000])).toBe(true);
    }
    expect(counters.size).toBe(5003);
    expect(regions.length).toBeLessThan(5);
  });

  it('a PC of no module is asked for once and disturbs nothing', () => {
    const { regions, run, asked } = start([module(0x1000, 3)]);
    for (let i = 0; i < 10; i++) run([0x70000, 0x1000]);
    expect([...regions[0]!]).toEqual([1, 0, 0]);
    expect(asked()).toBe(2);
  });

  it('a module can load where such a PC was', () => {
    const modules = [module(0x1000, 3)];
    const { regions, run } = start(modules);
    run([0x70000]);
    modules.push(module(0x70000, 2), module(0x80000, 2));
    run([0x80000]);
    run([0x70000]);
    expect(regions[1]![0]).toBe(1);
  });
});

it('what was reached is told by its PCs, in modules that overlap and that load later too', () => {
  const modules = [KERNEL, module(0x1000, 70), module(0x1100, 80), module(0x5000, 3)];
  const { counters, run } = start(modules);
  const offsets = [0x1000, 0x1108, 0x1000 + 8 * 69, 0x1300 + 8 * 15, 0x5010];
  run(offsets);
  modules.push(module(0x3000, 40));
  run([0x3000 + 8 * 39]);
  expect(counters.takeReached()).toEqual([...offsets, 0x3000 + 8 * 39].map(pcLow));
});
