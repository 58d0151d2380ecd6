import { describe, expect, test } from 'vitest';
import { Counters, type LoadedModule } from '../../harness/feedback/counters.ts';
import { address, pcLow, SITE_SIZE } from '../../src/abi/text.ts';

const BASE = 0x40000;
const module = (base: number, sites: number): LoadedModule => ({
  address: address(base | 0),
  size: sites * SITE_SIZE,
});

/** A buffer with the PCs of these sites of a module. */
const buffer = (...sites: [base: number, site: number][]): Int32Array => {
  const words = new Int32Array(2 * (sites.length + 1));
  words[0] = sites.length;
  sites.forEach(([base, site], i) => {
    words[2 * (i + 1)] = pcLow(base + site * SITE_SIZE);
  });
  return words;
};

const setUp = (modules: LoadedModule[]) => {
  const regions: Buffer[] = [];
  const counters = new Counters(
    (region) => regions.push(region),
    () => modules,
    1024,
  );
  return { regions, counters, clear: () => regions.forEach((region) => void region.fill(0)) };
};

describe('counters', () => {
  test('each site of each module has one of its own', () => {
    const { regions, counters } = setUp([module(BASE, 40), module(BASE + 0x10000, 3)]);
    expect(regions).toHaveLength(1);
    counters.count(buffer([BASE, 0], [BASE, 39], [BASE, 39], [BASE + 0x10000, 2]));
    const hit = [...regions[0]!].flatMap((value, i) => (value > 0 ? [[i, value]] : []));
    expect(hit.map(([, value]) => value)).toEqual([1, 2, 1]);
    expect(new Set(hit.map(([i]) => i)).size).toBe(3);
  });

  test('they stop at 255', () => {
    const { regions, counters } = setUp([module(BASE, 1)]);
    counters.count(buffer(...Array.from({ length: 300 }, (): [number, number] => [BASE, 0])));
    expect(Math.max(...regions[0]!)).toBe(255);
  });

  test("a run is new when a counter reaches one of libFuzzer's classes for the first time", () => {
    const { counters, clear } = setUp([module(BASE, 2)]);
    const run = (times: number): boolean => {
      clear();
      return counters.count(buffer(...Array.from({ length: times }, (): [number, number] => [BASE, 1])));
    };
    expect([1, 1, 2, 3, 4, 7, 5, 8, 15, 16, 31, 32, 127, 128, 200].map(run)).toEqual([
      true,
      false,
      true,
      true,
      true,
      false,
      false,
      true,
      false,
      true,
      false,
      true,
      false,
      true,
      false,
    ]);
  });

  test('a module that loads later gets a region of its own, and the first stays where it is', () => {
    const modules = [module(BASE, 2)];
    const { regions, counters } = setUp(modules);
    const first = regions[0]!;
    modules.push(module(BASE + 0x20000, 5));
    expect(counters.count(buffer([BASE + 0x20000, 4]))).toBe(true);
    expect(regions).toHaveLength(2);
    expect(regions[0]).toBe(first);
    expect(Math.max(...regions[1]!)).toBe(1);
  });

  test('a PC of no module is counted nowhere', () => {
    const { regions, counters } = setUp([module(BASE, 2)]);
    counters.count(buffer([BASE + 0x70000, 1]));
    for (const region of regions) expect(Math.max(...region)).toBe(0);
  });
});
