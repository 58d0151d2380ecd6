import { afterEach, describe, expect, test } from 'vitest';
import {
  close,
  ioctl,
  KCOV_BUF_MAX_ENTRIES,
  KCOV_IOC_DISABLE,
  KCOV_IOC_ENABLE,
  KCOV_MODE_NONE,
  KCOV_MODE_TRACE_CMP,
  KCOV_MODE_TRACE_PC,
} from '../../harness/index.ts';
import type { Kernel, WeakHooks } from '../../src/abi/kernel.ts';
import * as hooks from '../../src/trace/callbacks.ts';
import {
  cleanUp,
  compare,
  hit,
  instrumented,
  kcov,
  kernel,
  map,
  PC,
  PC_WORD,
  SYSCALL,
  traced,
} from './helpers.ts';

afterEach(cleanUp);

/** The words after that was run in CMP mode. */
function tracing(entries: number, run: (k: Kernel) => unknown): bigint[] {
  const { fd, words } = traced(entries, KCOV_MODE_TRACE_CMP);
  run(kernel());
  ioctl(fd, KCOV_IOC_DISABLE);
  close(fd);
  return [...words];
}
const CONST = 1;
const type = (log2: number, constant = 0): bigint => BigInt((log2 << 1) | constant);
const record = (run: (k: Kernel) => void): bigint[] => tracing(16, run).slice(1, 5);

describe('guards, each alone keeps a comparison out of the buffer (subr_kcov.c:631-660)', () => {
  test('not traced: no KD (subr_kcov.c:642)', () => {
    const words = map(kcov(16), 16);
    compare();
    expect(words[0]).toBe(0n);
  });
  test('not enabled any more (subr_kcov.c:647)', () => {
    const { fd, words } = traced(16, KCOV_MODE_TRACE_CMP);
    ioctl(fd, KCOV_IOC_DISABLE);
    compare();
    expect(words[0]).toBe(0n);
  });
  test.each([KCOV_MODE_NONE, KCOV_MODE_TRACE_PC])('mode %i (subr_kcov.c:657)', (mode) => {
    const { words } = traced(16, mode);
    compare();
    expect(words[0]).toBe(0n);
  });
  test('CMP mode leaves PCs out (subr_kcov.c:611)', () => {
    const { words } = traced(16, KCOV_MODE_TRACE_CMP);
    hit(3);
    expect(words[0]).toBe(0n);
  });
});

describe('a record (subr_kcov.c:665-669)', () => {
  test('is type, operands, PC, behind the count of records', () =>
    expect(tracing(11, (k) => [k.trace_cmp(1, 2, PC), k.trace_cmp(3, 300, PC)])).toEqual([
      2n,
      ...[type(0), 1n, 2n, PC_WORD],
      ...[type(1), 3n, 300n, PC_WORD],
      0n,
      0n,
    ]));
  test('is written whole over what the user left there', () => {
    const { words } = traced(6, KCOV_MODE_TRACE_CMP);
    words.fill(0x5555555555555555n, 1);
    compare();
    expect([...words]).toEqual([1n, type(0), 1n, 2n, PC_WORD, 0x5555555555555555n]);
  });
  test('goes where the user set the count', () => {
    const { words } = traced(16, KCOV_MODE_TRACE_CMP);
    words[0] = 2n;
    compare();
    expect([...words.subarray(0, 14)]).toEqual([
      ...[3n, 0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n],
      ...[type(0), 1n, 2n, PC_WORD],
      0n,
    ]);
  });
});

describe('how many fit: idx * 4 + 4 <= bufnent (subr_kcov.c:664)', () => {
  test.each([
    [2, 0],
    [3, 0],
    [4, 0],
    [5, 1],
    [6, 1],
    [7, 1],
    [8, 1],
    [9, 2],
    [12, 2],
    [13, 3],
    [512, 127],
    [513, 128],
    [KCOV_BUF_MAX_ENTRIES, 65535],
  ])('%i entries hold %i records, and nothing is written behind them', (entries, records) => {
    const fd = kcov(entries);
    const words = map(fd, Math.ceil(entries / 512) * 512);
    ioctl(fd, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_CMP);
    compare(records + 5);
    expect(words[0]).toBe(BigInt(records));
    if (records > 0) expect(words[records * 4]).toBe(PC_WORD);
    expect(words.subarray(records * 4 + 1).every((word) => word === 0n)).toBe(true);
  });
});

describe('a count that the user set beyond the limit (subr_kcov.c:664)', () => {
  test.each([
    3n,
    4n,
    100n,
    2n ** 29n - 1n,
    2n ** 30n - 1n,
    2n ** 30n,
    2n ** 31n,
    2n ** 32n - 2n,
    2n ** 32n - 1n,
  ])('%s: nothing is traced', (count) => {
    const { words } = traced(16, KCOV_MODE_TRACE_CMP);
    words[0] = count;
    compare(3);
    expect(words[0]).toBe(count);
    expect(words.subarray(1).every((word) => word === 0n)).toBe(true);
  });
  // The original reads 64 bits, and would trace nothing here; at 2^62, whose product wraps, it would.
  test('the count is its low half; the high half is neither read nor written (differs: subr_kcov.c:663)', () => {
    const { words } = traced(16, KCOV_MODE_TRACE_CMP);
    words[0] = 5n << 32n;
    compare(9);
    expect(words[0]).toBe((5n << 32n) + 3n);
  });
});

describe('__sanitizer_cov_trace_cmp1, 2, 4, 8 and their const forms (subr_kcov.c:673-751)', () => {
  const ALL = -1;
  test.each([
    [hooks.__sanitizer_cov_trace_cmp1, 0, 0, 0xffn],
    [hooks.__sanitizer_cov_trace_cmp2, 1, 0, 0xffffn],
    [hooks.__sanitizer_cov_trace_cmp4, 2, 0, 0xffffffffn],
    [hooks.__sanitizer_cov_trace_const_cmp1, 0, CONST, 0xffn],
    [hooks.__sanitizer_cov_trace_const_cmp2, 1, CONST, 0xffffn],
    [hooks.__sanitizer_cov_trace_const_cmp4, 2, CONST, 0xffffffffn],
  ] as const)('$0.name cuts its operands to their width, without a sign', (callback, log2, constant, all) => {
    expect(record((k) => callback(k, ALL, 0x7_0000_0102, PC))).toEqual([
      type(log2, constant),
      all,
      0x102n & all,
      PC_WORD,
    ]);
  });
  test.each([
    [hooks.__sanitizer_cov_trace_cmp8, 0],
    [hooks.__sanitizer_cov_trace_const_cmp8, CONST],
  ] as const)('$0.name has all of 64 bits', (callback, constant) => {
    expect(record((k) => callback(k, ALL, ALL, 2, 1, PC))).toEqual([
      type(3, constant),
      2n ** 64n - 1n,
      2n ** 32n + 2n,
      PC_WORD,
    ]);
  });
});

describe('__sanitizer_cov_trace_switch (subr_kcov.c:756)', () => {
  /** How many cases there are, their width, then the cases; two halves each. */
  const cases = (bits: number, ...values: bigint[]): Int32Array =>
    new Int32Array(BigUint64Array.from([BigInt(values.length), BigInt(bits), ...values]).buffer);
  const traceSwitch = (bits: number, ...values: bigint[]): bigint[] =>
    tracing(16, (k) => hooks.__sanitizer_cov_trace_switch(k, [7, 0], cases(bits, ...values), PC));

  test.each([
    [8, 0],
    [16, 1],
    [32, 2],
    [64, 3],
  ])('%i bits are size %i, and a constant (subr_kcov.c:765, :781)', (bits, log2) =>
    expect(traceSwitch(bits, 9n).slice(0, 2)).toEqual([1n, type(log2, CONST)]));
  test.each([
    0, 1, 7, 9, 24, 63, 65, 128,
  ])('%i bits: it returns, without a record (subr_kcov.c:778)', (bits) =>
    expect(traceSwitch(bits, 7n, 8n)[0]).toBe(0n));
  test('the case comes first, the value second, one record each, in their order (subr_kcov.c:783)', () =>
    expect(traceSwitch(32, 5n, 7n, 9n).slice(0, 13)).toEqual([
      3n,
      ...[5n, 7n, 9n].flatMap((value) => [type(2, CONST), value, 7n, PC_WORD]),
    ]));
  test('no cases: no record (subr_kcov.c:783)', () => expect(traceSwitch(64)[0]).toBe(0n));
  test('operands are not cut to the width (subr_kcov.c:784)', () =>
    expect(traceSwitch(8, 2n ** 64n - 1n).slice(1, 4)).toEqual([type(0, CONST), 2n ** 64n - 1n, 7n]));
  test('where the buffer is full the last cases are lost (subr_kcov.c:664)', () =>
    expect(traceSwitch(8, 1n, 2n, 3n, 4n, 5n).filter((_, i) => i % 4 === 2)).toEqual([1n, 2n, 3n, 0n]));
});

describe("JavaScript's comparisons become C's integers", () => {
  test('a constant comes first and is flagged', () =>
    expect(record((k) => k.trace_const_cmp(5, 1000, PC))).toEqual([type(1, CONST), 5n, 1000n, PC_WORD]));
  test.each<[unknown, unknown, bigint, bigint, bigint]>([
    [255, 0, type(0), 255n, 0n],
    [256, 0, type(1), 256n, 0n],
    [65536, 1, type(2), 65536n, 1n],
    [-1, 1, type(0), 0xffn, 1n],
    [-1, 200, type(1), 0xffffn, 200n],
    [0xffffffff, 1, type(2), 0xffffffffn, 1n],
    [-(2 ** 31), 1, type(2), 0x80000000n, 1n],
    [2 ** 32, 1, type(3), 2n ** 32n, 1n],
    [-(2 ** 33), 1, type(3), 2n ** 64n - 2n ** 33n, 1n],
    [0.5, 1, type(3), 0x3fe0000000000000n, 0x3ff0000000000000n],
    [5n, -1n, type(3), 5n, 2n ** 64n - 1n],
    [5n, 7, type(3), 5n, 7n],
    ['a', 'b', type(0), 97n, 98n],
    ['hello', 'help', type(3), 0x6f6cn, 0x70n],
    ['x'.repeat(20), 'é', type(3), 0x7878787878787878n, 0xa9c3n],
  ])('%s and %s', (a, b, ...words) =>
    expect(record((k) => k.trace_cmp(a, b, PC))).toEqual([...words, PC_WORD]));
  test.each<[unknown, unknown]>([
    [1, 'a'],
    [null, 1],
    [NaN, NaN],
    ['same', 'same'],
    [{}, 1],
    [1n, 0.5],
  ])('%s and %s leave no record', (a, b) => expect(tracing(16, (k) => k.trace_cmp(a, b, PC))[0]).toBe(0n));
  test('a switch leaves a record for each case of its type', () =>
    expect(tracing(16, (k) => k.trace_switch(3, [1, 'x', 300], PC)).slice(0, 9)).toEqual([
      2n,
      ...[type(0, CONST), 1n, 3n, PC_WORD],
      ...[type(1, CONST), 300n, 3n, PC_WORD],
    ]));
  test.each<[unknown, unknown, bigint, bigint]>([
    [31337, NaN, 0x40de9a4000000000n, 0x7ff8000000000000n],
    [NaN, 1, 0x7ff8000000000000n, 0x3ff0000000000000n],
  ])('%s and %s: the bits of both doubles, so that a number shows beside what is none', (a, b, ...words) =>
    expect(record((k) => k.trace_const_cmp(a, b, PC))).toEqual([type(3, CONST), ...words, PC_WORD]));
});

describe('what does not fit a record goes to the weak hooks too', () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const word = (text: string): bigint => Buffer.from(text.padEnd(8, '\0')).readBigUInt64LE();

  /** What the hooks see while that runs. */
  function hooked(run: () => unknown): unknown[] {
    const seen: unknown[] = [];
    const hook =
      (name: string) =>
      (...args: unknown[]) =>
        seen.push([name, ...args]);
    kcov(); // Boots, if nothing has.
    const names = ['strcmp', 'strstr', 'memcmp', 'memmem', 'regexec'];
    kernel().hooks = Object.fromEntries(names.map((name) => [name, hook(name)])) as unknown as WeakHooks;
    run();
    kernel().hooks = null;
    return seen;
  }

  /** The calls that every hook has one of, and what is left of two that are equal, found, or of other types. */
  const calls = (k: Kernel): void => {
    k.trace_cmp('GET', 'GIT', PC);
    k.trace_call('includes', ['haystack in a field', 'needle'], PC);
    k.trace_call('equals', [bytes('same, then a'), bytes('same, then b')], PC);
    k.trace_call('indexOf', [bytes('haystack'), 'needle'], PC);
    k.trace_call('test', [/a/, 'text'], PC);
    k.trace_cmp('a', 'a', PC);
    k.trace_call('includes', ['haystack', 'stack'], PC);
    k.trace_call('equals', [bytes('same'), bytes('same')], PC);
    k.trace_call('equals', [bytes('same'), 'same'], PC);
    k.trace_call('indexOf', [bytes('haystack'), 'stack'], PC);
    k.trace_call('test', [/a/, 5], PC);
    k.trace_call('unknown', ['a', 'b'], PC);
  };

  test('whole, with the PC, while comparisons are traced', () =>
    expect(hooked(() => tracing(64, calls))).toEqual([
      ['strcmp', PC, 'GET', 'GIT'],
      ['strstr', PC, 'haystack in a field', 'needle'],
      ['memcmp', PC, bytes('same, then a'), bytes('same, then b')],
      ['memmem', PC, bytes('haystack'), bytes('needle')],
      ['regexec', PC, /a/, 'text'],
    ]));
  test('numbers and texts as they were, with their signs, where anybody asks for them', () => {
    const seen: unknown[] = [];
    const unasked = { strcmp() {}, strstr() {}, memcmp() {}, memmem() {}, regexec() {} };
    kcov();
    kernel().hooks = { ...unasked, cmp: (pc, a, b, constant) => void seen.push([pc, a, b, constant]) };
    tracing(64, (k) => {
      k.trace_const_cmp(-1, 255, PC);
      k.trace_cmp(0.5, Number.NaN, PC);
      k.trace_cmp(2n ** 70n, -1n, PC);
      k.trace_cmp('same', 'same', PC);
      k.trace_switch('b', ['a', 1], PC);
      k.trace_cmp('1', 1, PC);
    });
    kernel().hooks = null;
    expect(seen).toEqual([
      [PC, -1, 255, true],
      [PC, 0.5, Number.NaN, false],
      [PC, 2n ** 70n, -1n, false],
      [PC, 'same', 'same', false],
      [PC, 'a', 'b', true],
    ]);
  });
  test('not where PCs are traced, or nothing is', () =>
    expect(
      hooked(() => {
        calls(kernel());
        traced(64, KCOV_MODE_TRACE_PC);
        calls(kernel());
      }),
    ).toEqual([]));
  test('beside a record each, for who reads the device: from where they differ, of a search from the start', () => {
    const words = tracing(64, calls);
    expect(words.slice(0, 17)).toEqual([
      5n,
      ...[type(3), word('ET'), word('IT'), PC_WORD],
      ...[type(3), word('needle'), word('haystack'), PC_WORD],
      ...[type(3), word('a'), word('b'), PC_WORD],
      ...[type(3), word('needle'), word('haystack'), PC_WORD],
    ]);
    // Two characters that are one each are compared as numbers, whether they are equal or not.
    expect(words.slice(17, 21)).toEqual([type(0), 97n, 97n, PC_WORD]);
  });
});

describe('instrumented code', () => {
  test('leaves its comparisons: constants first, a case each of a switch, text', () => {
    const syscall = instrumented<(request: number) => string>(SYSCALL, '/kernel/syscall.js');
    const words = tracing(64, () => syscall(42));
    const records = Array.from({ length: Number(words[0]) }, (_, i) => words.slice(4 * i + 1, 4 * i + 4));
    expect(records).toEqual([
      [type(0, CONST), 0n, 42n],
      [type(0, CONST), 7n, 42n],
      [type(1, CONST), 300n, 42n],
      // '41' and '42' from where they begin to differ.
      [type(3, CONST), 0x31n, 0x32n],
    ]);
  });
});
