import { expect, test } from 'vitest';
import { CampaignCoverage } from '../../harness/campaign/coverage.ts';
import { FairShares } from '../../harness/campaign/schedule.ts';
import type { TargetRun } from '../../harness/campaign/target-run.ts';

/** All that a schedule looks at. */
interface Fake {
  plan: { weight: number; budget?: number };
  coverage: CampaignCoverage;
  isDone: boolean;
}

const fake = (weight = 1): Fake => ({ plan: { weight }, coverage: new CampaignCoverage(), isDone: false });

/** How many of so many turns each gets. @param during is called before each turn */
function shares(fakes: readonly Fake[], turns: number, during: (turn: number) => void = () => {}): number[] {
  const schedule = new FairShares(fakes as unknown as TargetRun[], 1);
  const counts = fakes.map(() => 0);
  for (let i = 0; i < turns; i++) {
    during(i);
    const turn = schedule.next();
    if (turn !== undefined) counts[fakes.indexOf(turn.run as unknown as Fake)]!++;
  }
  return counts;
}

test('targets that find equally much get equally much', () => {
  expect(shares([fake(), fake(), fake()], 300)).toEqual([100, 100, 100]);
});

test('a weight is a share', () => {
  expect(shares([fake(1), fake(3)], 400)).toEqual([100, 300]);
});

test('the one that finds most gets more, and the other never less than a quarter of an even share', () => {
  const fakes = [fake(), fake()];
  let pc = 0;
  const [idle, busy] = shares(fakes, 1000, () => fakes[1]!.coverage.add([pc++, pc++], pc));
  expect(busy! / idle!).toBeGreaterThan(2);
  expect(idle!).toBeGreaterThanOrEqual(125);
});

test('progress of long ago counts no more', () => {
  const fakes = [fake(), fake()];
  shares(fakes, 1, () => fakes[1]!.coverage.add([1, 2, 3], 0));
  const [first, second] = shares(fakes, 1000);
  expect(Math.abs(first! - second!)).toBeLessThan(20);
});

test('what is done is left out, and at last there is nothing to do', () => {
  const fakes = [fake(), fake()];
  fakes[0]!.isDone = true;
  expect(shares(fakes, 10)).toEqual([0, 10]);
  fakes[1]!.isDone = true;
  expect(shares(fakes, 10)).toEqual([0, 0]);
});

test('a budget is the most that a target gets, to the millisecond', () => {
  const fakes = [fake(), fake()];
  fakes[0]!.plan.budget = 700_000;
  const schedule = new FairShares(fakes as unknown as TargetRun[], 1);
  let given = 0;
  for (let i = 0; i < 100; i++) {
    const { run, slice } = schedule.next()!;
    if ((run as unknown as Fake) === fakes[0]) given += slice!;
  }
  expect(given).toBe(700_000);
});

test('each target has its turns in a campaign that ends', () => {
  const runs = [fake(), fake(), fake()] as unknown as TargetRun[];
  const { slice } = new FairShares(runs, 2, 600_000).next()!;
  expect(slice! * 3 * 4).toBeLessThanOrEqual(2 * 600_000);
});
