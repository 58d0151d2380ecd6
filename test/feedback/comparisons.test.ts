import { describe, expect, it } from 'vitest';
import { Comparisons, siteId } from '../../harness/feedback/comparisons.ts';
import { KCOV_CMP_CONST, KCOV_CMP_SIZE } from '../../src/abi/kcov.ts';
import { pcLow } from '../../src/abi/text.ts';
import fc from '../fast-check.ts';

type Call = [id: number, a: number | string, b: number | string];

/** [log2 of the width, arg1, arg2, offset of the site] */
type Recorded = [size: number, arg1: bigint, arg2: bigint, offset: number];

function buffer(records: readonly Recorded[]): Int32Array {
  const words = new BigUint64Array(1 + 4 * records.length);
  words[0] = BigInt(records.length);
  records.forEach(([size, arg1, arg2, offset], i) => {
    const record = [BigInt(KCOV_CMP_SIZE(size) | KCOV_CMP_CONST), arg1, arg2, BigInt(pcLow(offset))];
    words.set(
      record.map((word) => BigInt.asUintN(64, word)),
      1 + 4 * i,
    );
  });
  return new Int32Array(words.buffer);
}

function start() {
  const calls: Call[] = [];
  const hooks = {
    traceIntegerCompare: (...call: [number, number, number]) => void calls.push(call),
    traceUnequalStrings: (...call: [number, string, string]) => void calls.push(call),
    traceStringContainment: (...call: [number, string, string]) => void calls.push(call),
  };
  const comparisons = new Comparisons(hooks);
  return {
    comparisons,
    run(records: readonly Recorded[]): Call[] {
      calls.length = 0;
      comparisons.reset();
      comparisons.report(buffer(records));
      return [...calls];
    },
    strcmp(s1: string, s2: string): Call[] {
      calls.length = 0;
      comparisons.reset();
      comparisons.strcmp(pcLow(0x100), s1, s2);
      return [...calls];
    },
  };
}

const doubleWord = (value: number): bigint => new BigUint64Array(new Float64Array([value]).buffer)[0]!;

describe('numbers', () => {
  it('reach the hook with the number of their site', () => {
    expect(start().run([[0, 0x4bn, 0x41n, 0x100]])).toEqual([[0x20, 0x4b, 0x41]]);
  });

  it('of four bytes are unsigned, as they stand in the buffer', () => {
    expect(start().run([[2, 0xdeadbeefn, 1n, 0x100]])).toEqual([[0x20, 0xdeadbeef, 1]]);
  });

  it('that are equal are not reported', () => {
    expect(
      start().run([
        [0, 7n, 7n, 0x100],
        [3, -1n, -1n, 0x100],
      ]),
    ).toEqual([]);
  });

  it('that differ in their high halves alone are', () => {
    expect(start().run([[3, 1n << 32n, 0n, 0x100]])).toEqual([[0x20, 2 ** 32, 0]]);
  });

  it('of eight bytes are signed, and exact or left out', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }), (value) => {
        const exact = BigInt(Number(value)) === value;
        const calls = start().run([
          [3, value, value ^ 1n, 0x100],
          [3, value, 0n, 0x200],
        ]);
        const reported = calls.filter(([id]) => id === 0x40);
        expect(reported).toEqual(exact && value !== 0n ? [[0x40, Number(value), 0]] : []);
      }),
    );
  });

  it('with a fraction are the bits of their doubles', () => {
    const bits = doubleWord(0.5);
    expect(
      start().run([
        [3, bits, doubleWord(0.1), 0x100],
        [3, bits, doubleWord(-2.25), 0x100],
      ]),
    ).toEqual([[0x20, Number(bits), Number(BigInt.asIntN(64, doubleWord(-2.25)))]]);
  });
});

describe('a site that compares often', () => {
  const table = (length: number): Recorded[] =>
    Array.from({ length }, (_, i) => [1, BigInt(i + 1), 0n, 0x100] as const).map((one) => [...one]);
  const values = (calls: Call[]) => calls.map(([, value]) => value);

  it('reports a few of its comparisons in a run', () => {
    expect(values(start().run(table(100)))).toEqual([1, 2, 3, 4]);
  });

  it('leaves the other sites theirs', () => {
    const calls = start().run([...table(100), [0, 9n, 8n, 0x108]]);
    expect(calls.at(-1)).toEqual([0x21, 9, 8]);
  });

  it('keeps to the same ones for some runs, and comes to all of them in time', () => {
    const { run } = start();
    const perRun = Array.from({ length: 32 * 4 }, () => values(run(table(11))));
    const distinct = new Set(perRun.map(String));
    expect(distinct).toEqual(new Set(['1,2,3,4', '5,6,7,8', '9,10,11']));
    const changes = perRun.filter((one, i) => i > 0 && String(one) !== String(perRun[i - 1])).length;
    expect(changes).toBeLessThanOrEqual(4);
  });

  it('starts over where a run compares less', () => {
    const { run } = start();
    for (let i = 0; i < 40; i++) run(table(11));
    for (let i = 0; i < 40; i++) run(table(2));
    expect(values(run(table(2)))).toEqual([1, 2]);
  });
});

describe('strings', () => {
  it('reach the hook as they are', () => {
    expect(start().strcmp('alpha', 'bravo')).toEqual([[0x20, 'alpha', 'bravo']]);
  });

  it('that are too short for libFuzzer do not', () => {
    expect([...start().strcmp('a', 'bravo'), ...start().strcmp('alpha', '')]).toEqual([]);
  });

  it('are cut where libFuzzer stops to look', () => {
    const [call] = start().strcmp('x'.repeat(1e6), `y${'x'.repeat(99)}`);
    expect(call).toEqual([0x20, 'x'.repeat(64), `y${'x'.repeat(63)}`]);
  });
});

it('ids differ in the low nine bits where sites do: libFuzzer keeps no more of them', () => {
  const ids = Array.from({ length: 512 }, (_, i) => siteId(pcLow(0x12300 + 8 * i)) & 511);
  expect(new Set(ids).size).toBe(512);
});
