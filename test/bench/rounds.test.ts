import { expect, test } from 'vitest';
import { Rounds, settledRounds } from '../../harness/bench/rounds.ts';

test('a round begins where the first input comes again, however often each is run in a row', () => {
  let now = 0;
  const rounds = new Rounds(() => now);
  for (const text of ['', '', 'a', 'a', 'b', 'bb', 'a', 'b', 'b', 'bb', 'a', 'b', 'bb']) {
    now++;
    rounds.saw(Buffer.from(text));
  }
  expect(rounds.starts).toEqual([3, 7, 11]);
});

test('an input that the target has written into begins a round all the same', () => {
  const rounds = new Rounds(() => 0);
  const data = Buffer.from('a');
  rounds.saw(data);
  data[0] = 0;
  rounds.saw(Buffer.from('b'));
  rounds.saw(Buffer.from('a'));
  expect(rounds.starts).toHaveLength(2);
});

test('rounds of the first half do not count', () => {
  expect(settledRounds([0, 90, 140, 150, 161])).toEqual([10, 11]);
  expect(settledRounds([0, 90, 140, 150])).toEqual([50, 10]);
});
