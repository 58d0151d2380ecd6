import { afterEach, describe, expect, test } from 'vitest';
import { collect } from '../../harness/index.ts';
import { cleanUp, errorOf, hit, kernel, PC, PC_WORD, refused } from './helpers.ts';

afterEach(cleanUp);

describe('collect', () => {
  test('gives the PCs of a call, in order, and its result', () => {
    expect(
      collect(() => {
        hit(2);
        return 'done';
      }),
    ).toEqual({ pcs: [PC_WORD, PC_WORD], overflowed: false, result: 'done' });
  });
  test('gives comparisons', () => {
    const { cmps } = collect(() => kernel().trace_const_cmp(1, 2, PC), { mode: 'cmp' });
    expect(cmps).toEqual([{ size: 1, constant: true, arg1: 1n, arg2: 2n, pc: PC_WORD }]);
  });
  test('says when the buffer was full', () =>
    expect(collect(() => hit(9), { entries: 4 })).toMatchObject({ overflowed: true, pcs: { length: 3 } }));
  test('waits for a promise', async () => {
    const { pcs, result } = await collect(async () => {
      hit();
      await null;
      hit();
      return 1;
    });
    expect([pcs.length, result]).toEqual([2, 1]);
  });
  test('throws what the call throws, and is over then', async () => {
    expect(() =>
      collect(() => {
        throw new Error('mine');
      }),
    ).toThrow('mine');
    await expect(collect(() => Promise.reject(new Error('later')))).rejects.toThrow('later');
    expect(collect(() => 1).result).toBe(1);
  });
  test('inside another: EBUSY', () =>
    expect(errorOf(() => collect(() => collect(() => 1)))).toEqual(refused('EBUSY')));
});
