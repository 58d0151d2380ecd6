import { describe, expect, test } from 'vitest';
import { measureEach } from '../../harness/bench/part.ts';
import { rate } from '../../harness/bench/rate.ts';
import { search } from '../../harness/bench/search.ts';
import { slowdown } from '../../harness/bench/slowdown.ts';

describe('a subject that cannot be measured', () => {
  test('is named and left out, and the others are measured', async () => {
    const failures: string[] = [];
    const measured = await measureEach(
      ['a', 'b', 'c'],
      { failed: (name, error) => failures.push(`${name}: ${(error as Error).message}`) },
      async (name) => {
        if (name === 'b') throw new Error('no');
        return name.toUpperCase();
      },
    );
    expect(measured).toEqual({ a: 'A', c: 'C' });
    expect(failures).toEqual(['b: no']);
  });

  test('fails the part where it was the only one', async () => {
    const measuring = measureEach(['a'], { failed() {} }, () => Promise.reject(new Error('no')));
    await expect(measuring).rejects.toThrow('nothing could be measured');
  });
});

const verdicts = (goals: { goal: string; met: boolean }[]): boolean[] => goals.map(({ met }) => met);

describe('goals', () => {
  const measured = (pc: number, peer: number) => ({
    load: { size: 1000, documents: 2 },
    pcs: 100,
    cmps: 100,
    peerCounters: 5,
    milliseconds: {
      plain: [10, 20],
      disabled: [11, 22],
      pc: [pc, 2 * pc],
      cmp: [50, 60],
      istanbul: [20, 40],
      peer: [peer, 2 * peer],
    },
  });

  test('of the slowdown are met by factors, whatever the machine did between pairs', () => {
    const { goals, tables } = slowdown.present({ a: measured(15, 80), b: measured(20, 60) });
    expect(verdicts(goals)).toEqual([true, true, true, true]);
    expect(tables[0]!.rows[0]).toEqual([
      'a',
      '2.00',
      '15.0',
      '1.10 (1.10..1.10)',
      '1.50 (1.50..1.50)',
      '4.00 (3.00..5.00)',
      '2.00 (2.00..2.00)',
      '8.00 (8.00..8.00)',
      '5.33 (5.33..5.33)',
    ]);
  });

  test('of the slowdown are missed where one package is slower than with Jazzer.js', () => {
    const { goals } = slowdown.present({ a: measured(15, 80), b: measured(30, 20) });
    expect(verdicts(goals)).toEqual([false, true, false, false]);
    expect(goals[2]!.measured).toBe('b');
  });

  test('of the rate want every package ahead, in every setup', () => {
    const rates = { ours: [400], peer: [100], peerSync: [200], oursBare: [600], peerBare: [200] };
    const one = { files: 4, times: 2, rates };
    expect(verdicts(rate.present({ a: one }).goals)).toEqual([true, true, true]);
    const behind = { ...one, rates: { ...rates, peerSync: [401] } };
    const { goals } = rate.present({ a: one, b: behind });
    expect(verdicts(goals)).toEqual([true, true, false]);
    expect(goals[2]!.measured).toBe('behind on b');
  });

  test('of the bugs are not met by a bug that only Jazzer.js finds', () => {
    const seen = (seconds: number) => ({ seconds, censored: false });
    const cutOff = { seconds: 60, censored: true };
    const both = { advisory: 'x', times: { ours: [seen(1)], peer: [seen(6)] } };
    const ours = { advisory: 'x', times: { ours: [seen(2)], peer: [cutOff] } };
    const theirs = { advisory: 'x', times: { ours: [cutOff], peer: [seen(2)] } };
    expect(verdicts(search.present({ both, ours }).goals)).toEqual([true, true]);
    const { goals, tables } = search.present({ both, ours, theirs });
    expect(goals[0]).toMatchObject({ measured: '2 of 3, Jazzer.js 2; missed 1 of those', met: false });
    expect(tables[0]!.rows.map((row) => row.at(-1))).toEqual(['6.00', '>30.0', '<0.03']);
  });
});
