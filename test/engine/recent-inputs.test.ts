import { expect, it } from 'vitest';
import { RecentInputs } from '../../harness/engine/recent-inputs.ts';

const kept = (...inputs: string[]): RecentInputs => {
  const recent = new RecentInputs(3);
  for (const input of inputs) recent.keep(Buffer.from(input));
  return recent;
};
const last = (recent: RecentInputs, count: number): string[] => recent.last(count).map(String);

it('inputs are kept in their order, the current one last, as many as there are places', () => {
  expect(last(kept(), 2)).toEqual([]);
  expect(last(kept('a'), 3)).toEqual(['a']);
  expect(last(kept('a', 'b', 'c', 'd', 'e'), 2)).toEqual(['d', 'e']);
  expect(last(kept('a', 'b', 'c', 'd', 'e'), 9)).toEqual(['c', 'd', 'e']);
});

it('an input takes the place of a longer or a shorter one as it is', () => {
  expect(last(kept('long enough', '', 'x', 'ab', 'much longer'), 3)).toEqual(['x', 'ab', 'much longer']);
});

it('what is kept and what is given are copies', () => {
  const recent = new RecentInputs(1);
  const data = Buffer.from('abc');
  recent.keep(data);
  data.fill(0);
  recent.last(1)[0]!.fill(1);
  expect(last(recent, 1)).toEqual(['abc']);
});
