import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { load, PUZZLES, solve } from './puzzle.ts';

const SEEDS = Number(process.env['KCOVJS_PUZZLE_SEEDS'] ?? 1);
/** Executions: what a target of this size takes a second or two for. */
const RUNS = 60_000;

/** Wants two words of a dictionary beside each other, which libFuzzer's own mutations do: see test/cli/puzzles.test.ts. */
const ELSEWHERE = new Set(['holdout/query-string']);

const names = (folder: string): string[] =>
  readdirSync(join(PUZZLES, folder))
    .filter((name) => name.endsWith('.cjs'))
    .map((name) => join(folder, name.slice(0, -'.cjs'.length)))
    .filter((name) => !ELSEWHERE.has(name));
const path = (name: string): string => join(PUZZLES, `${name}.cjs`);

describe('from an empty corpus, hints solve', () => {
  it.each(names('.'))('%s', (name) => {
    for (let seed = 1; seed <= SEEDS; seed++)
      expect(solve(load(path(name)), { seed, runs: RUNS, literals: true }), `seed ${seed}`).not.toBeNull();
  });

  it.each(names('holdout'))('%s, which they were not made for', (name) => {
    for (let seed = 1; seed <= SEEDS; seed++)
      expect(solve(load(path(name)), { seed, runs: RUNS, literals: true }), `seed ${seed}`).not.toBeNull();
  });
});

it('without them almost none is solved: the puzzles need what they are for', () => {
  const without = names('.').filter((name) => solve(load(path(name)), { hints: false, runs: 2000 }) !== null);
  expect(without.length).toBeLessThanOrEqual(3);
});

it('solving is the same each time: a seed decides it', () => {
  const runs = () => solve(load(path('byte-loop')), { seed: 7, runs: RUNS });
  expect(runs()).toBe(runs());
});
