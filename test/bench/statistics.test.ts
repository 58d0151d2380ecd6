import { describe, expect, test } from 'vitest';
import {
  censoredMedian,
  geometricMean,
  median,
  quantile,
  ratios,
  summarize,
} from '../../harness/bench/statistics.ts';

const seen = (seconds: number) => ({ seconds, censored: false });
const cutOff = (seconds: number) => ({ seconds, censored: true });

describe('medians', () => {
  test('of an odd number of values: the middle one, in whatever order they came', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([10, 9, 2, 33, 1])).toBe(9);
  });

  test('of an even number: half way between the two in the middle', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  test('of nothing: an error, and not a number', () => {
    expect(() => median([])).toThrow(RangeError);
    expect(() => geometricMean([])).toThrow(RangeError);
  });

  test('the values themselves stay in their order', () => {
    const values = [3, 1, 2];
    summarize(values);
    expect(values).toEqual([3, 1, 2]);
  });
});

test('quartiles lie between values in proportion', () => {
  expect(quantile([1, 2, 3, 4, 5], 0.25)).toBe(2);
  expect(quantile([0, 10], 0.75)).toBe(7.5);
});

test('a summary has the median, the ends and the quartiles', () => {
  expect(summarize([8, 1, 2, 4, 3])).toEqual({ median: 3, min: 1, max: 8, q1: 2, q3: 4, count: 5 });
});

test('the geometric mean of twice as fast and half as fast is 1', () => {
  expect(geometricMean([2, 0.5])).toBeCloseTo(1, 12);
  expect(geometricMean([1, 10, 100])).toBeCloseTo(10, 12);
});

test('ratios are those of pairs, and not of medians', () => {
  // While the third pair was measured, the machine was ten times as slow.
  expect(ratios([2, 4, 20], [1, 2, 10])).toEqual([2, 2, 2]);
  expect(() => ratios([1], [1, 2])).toThrow('not in pairs');
});

describe('the median of times that were cut off', () => {
  test('is known as long as fewer than half were', () => {
    expect(censoredMedian([seen(3), cutOff(60), seen(1)])).toEqual(seen(3));
  });

  test('is beyond the limit where more were', () => {
    expect(censoredMedian([seen(3), cutOff(60), cutOff(60)])).toEqual(cutOff(60));
    expect(censoredMedian([cutOff(60)])).toEqual(cutOff(60));
  });

  test('is beyond the limit where one of the two in the middle was: half of it is not known', () => {
    expect(censoredMedian([seen(1), seen(2), cutOff(60), cutOff(60)])).toEqual(cutOff(60));
  });

  test('counts a time that was cut off as longer than one that was seen a little later', () => {
    expect(censoredMedian([cutOff(10), seen(10.4), seen(10.2)])).toEqual(seen(10.4));
  });
});
