import { describe, expect, test } from 'vitest';
import { addAll, type Bits, bitsOf, members } from '../../harness/corpus/bitset.ts';
import { type Candidate, costs, cover } from '../../harness/corpus/cover.ts';
import fc from '../fast-check.ts';

const candidate = (pcs: readonly number[], size = 1, milliseconds = 0): Candidate => ({
  bits: bitsOf(Uint32Array.from(pcs)),
  size,
  milliseconds,
});

function required(candidates: readonly Candidate[]): Bits {
  return bitsOf(Uint32Array.from(reachedBy(candidates)));
}
const reachedBy = (candidates: readonly Candidate[]): Set<number> =>
  new Set(candidates.flatMap(({ bits }) => [...members(bits)]));

const solve = (candidates: readonly Candidate[]): Candidate[] =>
  cover(candidates, required(candidates)).map((i) => candidates[i]!);

const instances = (inputs: number, pcs: number): fc.Arbitrary<Candidate[]> =>
  fc.array(
    fc
      .tuple(
        fc.uniqueArray(fc.nat(pcs - 1), { minLength: 1, maxLength: pcs >> 1 }),
        fc.integer({ min: 0, max: 50 }),
        fc.nat(9),
      )
      .map(([members, size, milliseconds]) => candidate(members, size, milliseconds)),
    { minLength: 1, maxLength: inputs },
  );

/** The least that any cover costs, by trying all. */
function optimum(candidates: readonly Candidate[]): number {
  const cost = costs(candidates);
  const all = reachedBy(candidates).size;
  let least = Number.POSITIVE_INFINITY;
  for (let mask = 0; mask < 1 << candidates.length; mask++) {
    const some = candidates.filter((_, i) => mask & (1 << i));
    const sum = cost.reduce((total, one, i) => total + (mask & (1 << i) ? one : 0), 0);
    if (sum < least && reachedBy(some).size === all) least = sum;
  }
  return least;
}

describe('a cover', () => {
  test('reaches all that there is, and no part of it can go', () => {
    fc.assert(
      fc.property(instances(40, 100), (candidates) => {
        const kept = solve(candidates);
        expect(reachedBy(kept)).toEqual(reachedBy(candidates));
        for (const one of kept)
          expect(reachedBy(kept.filter((other) => other !== one)).size).toBeLessThan(reachedBy(kept).size);
      }),
    );
  });
  test('costs hardly more than the best that there is', () => {
    const ratios: number[] = [];
    fc.assert(
      fc.property(instances(10, 24), (candidates) => {
        const cost = costs(candidates);
        const own = cover(candidates, required(candidates)).reduce((sum, i) => sum + cost[i]!, 0);
        ratios.push(own / optimum(candidates));
      }),
      { numRuns: 300, seed: 5 },
    );
    const mean = ratios.reduce((a, b) => a + b) / ratios.length;
    const exact = ratios.filter((ratio) => ratio < 1 + 1e-9).length / ratios.length;
    expect(Math.min(...ratios)).toBeGreaterThan(1 - 1e-9);
    expect(mean).toBeLessThan(1.01);
    expect(exact).toBeGreaterThan(0.93);
  });
  test('has nothing for what nobody reaches', () => {
    expect(cover([candidate([1])], bitsOf(Uint32Array.of(1, 200)))).toEqual([0]);
    expect(cover([], bitsOf(Uint32Array.of(3)))).toEqual([]);
    expect(cover([candidate([1])], new Uint32Array())).toEqual([]);
  });
});

describe('of inputs that reach the same', () => {
  test('the smaller one is taken, then the faster one, then the first', () => {
    expect(solve([candidate([1, 2], 9), candidate([1, 2], 4)])[0]!.size).toBe(4);
    expect(solve([candidate([1, 2], 4, 7), candidate([1, 2], 4, 3)])[0]!.milliseconds).toBe(3);
    expect(cover([candidate([5]), candidate([5])], bitsOf(Uint32Array.of(5)))).toEqual([0]);
  });
  test('small ones together are taken for a huge one', () => {
    const small = [candidate([1], 10), candidate([2], 10), candidate([3], 10)];
    expect(solve([candidate([1, 2, 3], 100_000), ...small])).toEqual(small);
  });
});

test('20,000 inputs with 4,000 PCs are covered, each PC, with nothing to spare', () => {
  let state = 1;
  const random = (below: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % below;
  };
  // PCs are not equally likely: most inputs share the most of them, as in code.
  const candidates = Array.from({ length: 20_000 }, () =>
    candidate(
      Array.from({ length: 20 + random(200) }, () => Math.floor(random(4000) ** 2 / 4000)),
      random(1000),
    ),
  );
  const all = new Uint32Array(4000 / 32);
  for (const { bits } of candidates) addAll(all, bits);
  const kept = cover(candidates, all).map((i) => candidates[i]!);
  expect(reachedBy(kept)).toEqual(new Set(members(all)));
  const times = new Map<number, number>();
  for (const { bits } of kept) for (const pc of members(bits)) times.set(pc, (times.get(pc) ?? 0) + 1);
  for (const { bits } of kept) expect([...members(bits)].some((pc) => times.get(pc) === 1)).toBe(true);
});
