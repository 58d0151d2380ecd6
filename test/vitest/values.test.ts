import { describe, expect, test } from 'vitest';
import { ByteRandom } from '../../harness/vitest/byte-random.ts';
import { show, showOne } from '../../harness/vitest/show.ts';
import { type Arbitrary, Values } from '../../harness/vitest/values.ts';
import fc from '../fast-check.ts';

const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof({ depthSize: 'small' }, fc.nat(), fc.tuple(tie('tree'), tie('tree'))),
}));
const memo: (n?: number) => fc.Arbitrary<unknown> = fc.memo<unknown>((n) =>
  n <= 1 ? fc.nat(9) : fc.tuple(memo(), memo()),
);
const everything = {
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withNullPrototype: true,
  withObjectString: true,
  withTypedArray: true,
  withSparseArray: true,
};
const units = ['grapheme', 'grapheme-composite', 'grapheme-ascii', 'binary', 'binary-ascii'] as const;

/** Arbitraries, and what no bytes at all stand for. */
const arbitraries: [name: string, arbitrary: fc.Arbitrary<unknown>, least: unknown][] = [
  ...units.map(
    (unit) => [`string of ${unit}`, fc.string({ unit }), ''] as [string, fc.Arbitrary<string>, ''],
  ),
  ['string of given characters', fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 2 }), 'aa'],
  ['integer', fc.integer(), 0],
  ['integer above 0', fc.integer({ min: 7, max: 1e9 }), 7],
  ['integer below 0', fc.integer({ min: -90, max: -7 }), -7],
  ['nat', fc.nat(), 0],
  ['maxSafeInteger', fc.maxSafeInteger(), 0],
  ['bigInt', fc.bigInt(), 0n],
  ['bigInt in bounds', fc.bigInt({ min: 5n, max: 2n ** 80n }), 5n],
  ['double', fc.double(), 0],
  ['double in bounds', fc.double({ min: -5, max: 7, noNaN: true }), 0],
  ['float', fc.float(), 0],
  ['boolean', fc.boolean(), false],
  ['falsy', fc.falsy(), false],
  ['constant', fc.constant(3), 3],
  ['constantFrom', fc.constantFrom('a', 'b'), 'a'],
  ['oneof', fc.oneof(fc.nat(), fc.string()), 0],
  ['option', fc.option(fc.nat()), null],
  ['array', fc.array(fc.nat()), []],
  ['array with a least length', fc.array(fc.nat(), { minLength: 2 }), [0, 0]],
  ['sparseArray', fc.sparseArray(fc.nat()), []],
  ['uniqueArray', fc.uniqueArray(fc.nat(9)), []],
  ['set', fc.set(fc.nat()), new Set()],
  ['map', fc.map(fc.nat(), fc.string()), new Map()],
  ['tuple', fc.tuple(fc.nat(), fc.string()), [0, '']],
  ['record', fc.record({ a: fc.nat(), b: fc.string() }), { a: 0, b: '' }],
  ['record with optional keys', fc.record({ a: fc.nat() }, { requiredKeys: [] }), {}],
  ['dictionary', fc.dictionary(fc.string(), fc.nat()), {}],
  ['object', fc.object(), {}],
  ['anything', fc.anything(), false],
  ['anything there is', fc.anything(everything), Object(false)],
  ['json', fc.json(), 'false'],
  ['jsonValue', fc.jsonValue(), false],
  ['date', fc.date(), new Date(0)],
  ['uuid', fc.uuid(), '00000000-0000-1000-8000-000000000000'],
  ['ulid', fc.ulid(), '00000000000000000000000000'],
  ['ipV4', fc.ipV4(), '0.0.0.0'],
  ['ipV6', fc.ipV6(), '0:0:0:0:0:0:0:0'],
  ['emailAddress', fc.emailAddress(), 'a@a.aa'],
  ['domain', fc.domain(), 'a.aa'],
  ['webUrl', fc.webUrl(), 'http://a.aa'],
  ['lorem', fc.lorem(), 'non'],
  ['base64String', fc.base64String(), ''],
  ['stringMatching', fc.stringMatching(/^[a-z]{2,5}-\d+$/), 'aa-0'],
  ['letrec', tree, 0],
  ['memo', memo(2), [0, 0]],
  ['uint8Array', fc.uint8Array(), new Uint8Array()],
  ['float64Array', fc.float64Array(), new Float64Array()],
  ['bigInt64Array', fc.bigInt64Array(), new BigInt64Array()],
  ['subarray', fc.subarray([1, 2, 3]), []],
  ['shuffledSubarray', fc.shuffledSubarray([1, 2, 3]), []],
  ['mixedCase', fc.mixedCase(fc.constant('hello')), 'hello'],
  ['clone', fc.clone(fc.nat(), 2), [0, 0]],
  ['map of an arbitrary', fc.nat().map((n) => n * 2), 0],
  ['chain', fc.nat(5).chain((n) => fc.array(fc.nat(), { minLength: n, maxLength: n })), []],
  ['noShrink', fc.noShrink(fc.nat()), 0],
];

/** Those whose least value is not that of no bytes, or has no form to compare. */
const others: [name: string, arbitrary: fc.Arbitrary<unknown>][] = [
  ['filter', fc.integer().filter((n) => n % 1000 === 7)],
  ['func', fc.func(fc.nat())],
  ['compareFunc', fc.compareFunc()],
  ['compareBooleanFunc', fc.compareBooleanFunc()],
  ['infiniteStream', fc.infiniteStream(fc.nat())],
  ['commands', fc.commands([fc.nat().map((n) => new Step(n))])],
  ['gen', fc.gen()],
  ['scheduler', fc.scheduler()],
  ['context', fc.context()],
  [
    'entityGraph',
    fc.entityGraph({ node: { id: fc.string() } }, { node: { next: { arity: '0-1', type: 'node' } } }),
  ],
];

class Step implements fc.Command<object, object> {
  readonly n: number;
  constructor(n: number) {
    this.n = n;
  }
  check = (): boolean => true;
  run = (): void => {};
  toString = (): string => `step ${this.n}`;
}

const made = (arbitrary: fc.Arbitrary<unknown>, bytes: Uint8Array): unknown =>
  Values.of([arbitrary as Arbitrary<unknown>], bytes).values[0];

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 64 }),
  fc.uint8Array({ minLength: 200, maxLength: 2000 }),
  fc.tuple(fc.nat(255), fc.nat(500)).map(([byte, length]) => new Uint8Array(length).fill(byte)),
);

describe('any bytes stand for a value, and always for the same', () => {
  test.each([...arbitraries.map(([name, one]) => [name, one] as const), ...others])('%s', (_, arbitrary) => {
    fc.assert(
      fc.property(bytes, (input) => {
        expect(fc.stringify(made(arbitrary, input))).toBe(fc.stringify(made(arbitrary, input)));
      }),
      { numRuns: 25 },
    );
  });
});

test.each(arbitraries)('no bytes, and bytes of 0, stand for the least %s', (_, arbitrary, least) => {
  expect(made(arbitrary, new Uint8Array())).toEqual(least);
  expect(made(arbitrary, new Uint8Array(100))).toEqual(least);
});

describe('a fuzzer finds its way', () => {
  test('every byte of an integer has a say, and it stands there as it is', () => {
    fc.assert(
      fc.property(fc.integer(), (n) => {
        const input = Buffer.alloc(4);
        input.writeInt32LE(n);
        expect(made(fc.integer(), input)).toBe(n);
      }),
    );
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (n) => {
        const input = Buffer.alloc(8);
        input.writeBigInt64LE(n);
        expect(made(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), input)).toBe(n);
      }),
    );
  });

  test('the characters of a string stand there as they are, behind its length', () => {
    const word = fc.string({ minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(word, (text) => {
        const input = Buffer.from([text.length, ...Buffer.from(text)]);
        expect(made(fc.string({ maxLength: 10 }), input)).toBe(text);
      }),
    );
  });

  test('each bit changes something', () => {
    const four = fc.uint8Array({ minLength: 4, maxLength: 4 });
    const arbitrary = fc.tuple(
      fc.integer(),
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      four,
      fc.tuple(four),
    );
    const input = Buffer.from('0123456789abcdefghij');
    const before = fc.stringify(made(arbitrary, input));
    for (let bit = 0; bit < input.length * 8; bit++) {
      const changed = Buffer.from(input);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect.soft(fc.stringify(made(arbitrary, changed)), `bit ${bit}`).not.toBe(before);
    }
  });

  test('a change far behind leaves what stands in front', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 8 }), fc.nat(255), (input, last) => {
        const changed = Uint8Array.from([...input.slice(0, 7), last]);
        const pair = fc.tuple(fc.integer(), fc.integer());
        expect((made(pair, changed) as number[])[0]).toBe((made(pair, input) as number[])[0]);
      }),
    );
  });

  test('bounds hold, and every value within them can be reached', () => {
    for (const [min, max] of [
      [0, 94],
      [-3, 5],
      [10, 300],
      [-70_000, -5],
    ] as const) {
      const seen = new Set<number>();
      for (let i = 0; i < 1 << 17; i++)
        seen.add(new ByteRandom(Buffer.from([i, i >> 8, i >> 16])).nextInt(min, max));
      expect(Math.min(...seen)).toBe(min);
      expect(Math.max(...seen)).toBe(max);
      expect(seen.size).toBe(max - min + 1);
    }
  });

  test('numbers that one draws as a number and as a big one are the same', () => {
    const bounds = fc
      .tuple(fc.maxSafeInteger(), fc.maxSafeInteger())
      .map(([a, b]) => [Math.min(a, b), Math.max(a, b)]);
    fc.assert(
      fc.property(bounds, bytes, ([min, max], input) => {
        fc.pre(max! - min! !== 94);
        const big = new ByteRandom(input).nextBigInt(BigInt(min!), BigInt(max!));
        expect(new ByteRandom(input).nextInt(min, max)).toBe(Number(big));
      }),
    );
  });
});

test('a filter that refuses everything ends in one line', () => {
  const never = fc.integer().filter(() => false);
  expect(() => made(never, Buffer.from('abc'))).toThrow(
    /^an arbitrary makes no value: its filter refuses them all$/,
  );
});

describe('shrinking', () => {
  const large = Buffer.from([200, 200, 200, 100, 9, ...Buffer.from('0123456789abcdefghijklmnopqrstuvwxyz')]);

  test('finds the least values that still fail', async () => {
    const list = [fc.integer(), fc.array(fc.nat(255))] as const;
    const found = Values.of(list as never, large) as Values<[number, number[]]>;
    const smallest = await found.shrink(async ([n, all]) => n > 1000 && all.length > 2);
    expect(smallest.values).toEqual([1001, [0, 0, 0]]);
  });

  test('takes from the end of texts and lists too', async () => {
    const list = [fc.string({ minLength: 2 }), fc.array(fc.nat(9))] as const;
    const input = Buffer.from([9, ...Buffer.from('<a>bcdefghi'), 5, 3, 4, 5, 6, 7]);
    const found = Values.of(list as never, input) as Values<[string, number[]]>;
    const smallest = await found.shrink(async ([text, all]) => text.startsWith('<a') && all[0] === 3);
    expect(smallest.values).toEqual(['<a', [3]]);
  });

  test('of what never fails otherwise stays what it was', async () => {
    const found = Values.of([fc.integer() as Arbitrary<number>], large);
    expect((await found.shrink(async () => false)).values).toEqual(found.values);
  });

  test('does not wait for a value that hangs', async () => {
    const found = Values.of([fc.integer() as Arbitrary<number>], large);
    const smallest = await found.shrink(() => new Promise(() => {}), 100);
    expect(smallest.values).toEqual(found.values);
  });

  test('every candidate is a value of its arbitrary', async () => {
    for (const [, arbitrary] of arbitraries.slice(0, 20)) {
      const found = Values.of([arbitrary as Arbitrary<unknown>], large);
      const tried: unknown[] = [];
      await found.shrink(async ([value]) => tried.push(value) < 0);
      for (const value of tried) expect(arbitrary.canShrinkWithoutContext(value), showOne(value)).toBe(true);
    }
  });
});

test('values are shown as the arguments of a call', () => {
  expect(show([1, 'a', [null], { b: 2n }])).toBe("(1, 'a', [ null ], { b: 2n })");
  expect(showOne(made(fc.func(fc.constant(1)), large()))).toMatch(/^function/);
  expect(show(['x'.repeat(5000)]).length).toBeLessThan(2100);
});

const large = (): Buffer => Buffer.alloc(50, 7);
