import { describe, expect, it } from 'vitest';
import { ComparisonLog, MAX_OPERAND } from '../../../harness/feedback/hints/log.ts';
import { recorded } from './records.ts';

const PC = -77;

describe('numbers', () => {
  it('come from the buffer with their size, their operands and whether one is a constant', () => {
    const log = new ComparisonLog();
    log.numbers(recorded([{ pc: PC, a: -2n, b: 300n, size: 2, constant: true }]));
    const site = log.sites.get(PC)!;
    expect(site.numbers).toEqual([
      {
        constant: true,
        arg1: { type: 'number', word: 0xfffen, size: 2 },
        arg2: { type: 'number', word: 300n, size: 2 },
      },
    ]);
  });

  it('are kept once for each pair, and in their order with all that held', () => {
    const log = new ComparisonLog();
    const pair = (b: bigint) => ({ pc: PC, a: 5n, b });
    log.numbers(recorded([pair(1n), pair(5n), pair(1n), pair(2n)]));
    const { sequence, numbers, met } = log.sites.get(PC)!;
    expect(sequence.map(({ arg2 }) => arg2.word)).toEqual([1n, 5n, 1n, 2n]);
    expect(numbers.map(({ arg2 }) => arg2.word)).toEqual([1n, 2n]);
    expect(met).toBe(1);
  });

  it('are read no further than the buffer goes, whatever its count says', () => {
    const log = new ComparisonLog();
    const words = recorded([{ pc: PC, a: 1n, b: 2n }]);
    words[0] = 1 << 30;
    log.numbers(words);
    expect(log.size).toBe(1);
  });

  it('leave out the words of strings, where the hook has told of the strings', () => {
    const log = new ComparisonLog();
    log.strcmp(PC, 'alpha', 'bravo');
    log.numbers(recorded([{ pc: PC, a: 0x6168706c61n, b: 0x6f76617262n, size: 8, constant: true }]));
    const site = log.sites.get(PC)!;
    expect([site.numbers, site.sequence, site.constant]).toEqual([[], [], true]);
  });
});

describe('strings and bytes', () => {
  it('are copies: the target may write to what it compared', () => {
    const log = new ComparisonLog();
    const bytes = Buffer.from('before');
    log.memcmp(PC, bytes, Buffer.from('wanted'));
    bytes.fill(0);
    const { arg1 } = log.sites.get(PC)!.memory[0]!;
    expect(arg1.type === 'bytes' && Buffer.from(arg1.bytes).toString()).toBe('before');
  });

  it('of one buffer that changes between two comparisons are two', () => {
    const log = new ComparisonLog();
    const bytes = Buffer.from('first');
    const wanted = Buffer.from('wanted');
    log.memcmp(PC, bytes, wanted);
    bytes.write('other');
    log.memcmp(PC, bytes, wanted);
    expect(log.sites.get(PC)!.memory).toHaveLength(2);
  });

  it('are cut', () => {
    const log = new ComparisonLog();
    log.strstr(PC, 'é'.repeat(1e6), 'needle');
    expect(log.sites.get(PC)!.memory[0]!.arg1).toEqual({ type: 'text', text: 'é'.repeat(MAX_OPERAND) });
  });
});

describe('a hostile run', () => {
  it('is kept within bounds for each place and in all, and leaves room for every place', () => {
    const log = new ComparisonLog();
    for (let i = 0; i < 100_000; i++) log.strcmp(-1, `seen ${i}`, 'x'.repeat(10_000));
    for (let i = 0; i < 100_000; i++) log.regexec(-2, new RegExp(`a{${i % 1000}}`), `${i}`);
    for (let i = 0; i < 5000; i++) log.memmem(-10 - i, Buffer.alloc(1e4), Buffer.from('a'));
    const records = Array.from({ length: 65_000 }, (_, i) => ({
      pc: -3 - (i % 5),
      a: BigInt(i),
      b: BigInt(i + 1),
    }));
    log.numbers(recorded(records));
    expect(log.sites.get(-1)!.memory).toHaveLength(64);
    expect(log.sites.get(-2)!.patterns).toHaveLength(64);
    expect(log.sites.size).toBe(2048);
    expect(log.size).toBeLessThanOrEqual(8192);
  });

  it('of many places that compare a lot is kept within the bound for all', () => {
    const log = new ComparisonLog();
    for (let i = 0; i < 20_000; i++) log.strcmp(-1 - (i % 1000), `seen ${i}`, 'wanted');
    expect(log.size).toBe(8192);
    const kept = [...log.sites.values()].reduce((sum, { memory }) => sum + memory.length, 0);
    expect(kept).toBe(8192);
  });

  it('leaves nothing behind for the next', () => {
    const log = new ComparisonLog();
    log.strcmp(PC, 'a', 'b');
    log.clear();
    expect([log.size, log.sites.size]).toEqual([0, 0]);
    log.strcmp(PC, 'a', 'b');
    expect(log.size).toBe(1);
  });
});
