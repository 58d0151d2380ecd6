import { expect, it } from 'vitest';
import { ComparisonLog } from '../../../harness/feedback/hints/log.ts';
import { Progress } from '../../../harness/feedback/hints/progress.ts';
import { type NumberRecord, recorded } from './records.ts';

const PC = -77;

function start() {
  const progress = new Progress();
  const add = (log: ComparisonLog): boolean => progress.add(log.sites.values()).has(PC);
  return {
    progress,
    /** A run in which one place compared these pairs of numbers, one after the other. */
    numbers(...pairs: [number, number][]): boolean {
      const log = new ComparisonLog();
      const size = 2;
      log.numbers(
        recorded(pairs.map(([a, b]): NumberRecord => ({ pc: PC, a: BigInt(a), b: BigInt(b), size }))),
      );
      return add(log);
    },
    strings(a: string, b: string): boolean {
      const log = new ComparisonLog();
      log.strcmp(PC, a, b);
      return add(log);
    },
  };
}

it('a comparison of a loop that holds for the first time is progress, whichever of them it is', () => {
  const { numbers } = start();
  numbers([1, 2], [1, 2], [1, 2]);
  expect(numbers([1, 2], [5, 5], [1, 2])).toBe(true);
  expect(numbers([1, 2], [7, 7], [1, 2])).toBe(false);
  expect(numbers([1, 2], [1, 2], [2, 2])).toBe(true);
});

it('so is a loop that comes further, and one that compares as before is none', () => {
  const { numbers } = start();
  numbers([9, 9], [1, 2]);
  expect(numbers([9, 9], [1, 2])).toBe(false);
  expect(numbers([9, 9], [8, 8], [1, 2])).toBe(true);
});

it('so is a difference that becomes clearly smaller, or fewer bits of it', () => {
  const { numbers } = start();
  numbers([0, 1000]);
  expect(numbers([0, 999])).toBe(false);
  expect(numbers([0, 900])).toBe(true);
  expect(numbers([0, 4096])).toBe(true);
  expect(numbers([0, 2048])).toBe(false);
});

it('so are strings that have more in common', () => {
  const { strings } = start();
  strings('abx', 'abc');
  expect(strings('aby', 'abc')).toBe(false);
  expect(strings('abcx', 'abcd')).toBe(true);
});

it('so are places that hold together for the first time', () => {
  const { progress } = start();
  expect(progress.addMet(new Set([1, 2]))).toBe(true);
  expect(progress.addMet(new Set([2, 1]))).toBe(false);
  expect(progress.addMet(new Set([1, 2, 3]))).toBe(true);
});
