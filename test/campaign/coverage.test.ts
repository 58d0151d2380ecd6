import { expect, test } from 'vitest';
import { CampaignCoverage } from '../../harness/campaign/coverage.ts';

test('what several workers reach counts once', () => {
  const coverage = new CampaignCoverage();
  coverage.add([1, 2], 10);
  coverage.add([2, 3], 20);
  expect(coverage.covered).toBe(3);
});

test('the time of the last new PC is that of a new one only', () => {
  const coverage = new CampaignCoverage();
  expect(coverage.lastNew).toBeUndefined();
  coverage.add([1], 10);
  coverage.add([1], 20);
  expect(coverage.lastNew).toBe(10);
});

test('its history never grows beyond a few hundred points, begins at the start and ends now', () => {
  const coverage = new CampaignCoverage();
  const end = 30 * 24 * 3600;
  for (let second = 0; second < end; second += 60) coverage.add([second], second * 1000);
  const history = coverage.history(end * 1000);
  expect(history.length).toBeLessThan(400);
  expect(history[0]).toEqual({ at: 0, covered: 1 });
  expect(history.at(-1)).toEqual({ at: end * 1000, covered: coverage.covered });
  const sorted = [...history].sort((a, b) => a.at - b.at || a.covered - b.covered);
  expect(history).toEqual(sorted);
});
