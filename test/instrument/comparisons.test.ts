import { afterEach, describe, expect, test } from 'vitest';
import {
  close,
  ioctl,
  KCOV_IOC_DISABLE,
  KCOV_MODE_TRACE_CMP,
  Symbolizer,
  snapshot,
} from '../../harness/index.ts';
import type { WeakHooks } from '../../src/abi/kernel.ts';
import { address } from '../../src/abi/text.ts';
import { boot } from '../../src/boot.ts';
import { cleanUp, instrumented, traced } from '../kcov/helpers.ts';

afterEach(cleanUp);

interface Seen {
  /** Calls of the hooks, less their PCs. */
  hooks: unknown[][];
  /** Operands of the records, as signed integers. */
  records: [bigint, bigint][];
  /** `line:column` of all PCs, each once. */
  places: string[];
}

let files = 0;

/** Runs the expression with the values of `names` in CMP mode. */
function run(source: string, values: Record<string, unknown> = {}): Seen {
  const names = Object.keys(values);
  // On a line of its own, so that lines count too.
  const text = `(function (${names.join(', ')}) { return (\n${source}\n); })`;
  const fn = instrumented<(...args: unknown[]) => unknown>(text, `/comparisons/${files++}.js`);
  return record(() => fn.apply({ me: 'this' }, Object.values(values)));
}

function record(fn: () => unknown): Seen {
  const hooks: unknown[][] = [];
  const pcs = new Set<bigint>();
  const hook =
    (name: keyof WeakHooks) =>
    (pc: number, ...operands: unknown[]) => {
      pcs.add(address(pc));
      hooks.push([name, ...operands.map(plain)]);
    };
  const { fd, words } = traced(4096, KCOV_MODE_TRACE_CMP);
  boot().kernel.hooks = {
    strcmp: hook('strcmp'),
    strstr: hook('strstr'),
    memcmp: hook('memcmp'),
    memmem: hook('memmem'),
    regexec: hook('regexec'),
  };
  try {
    fn();
  } finally {
    boot().kernel.hooks = null;
    ioctl(fd, KCOV_IOC_DISABLE);
    close(fd);
  }
  const records = Array.from({ length: Number(words[0]) }, (_, i): [bigint, bigint] => {
    const [, arg1, arg2, pc] = words.subarray(4 * i + 1, 4 * i + 5);
    pcs.add(pc!);
    return [arg1!, arg2!];
  });
  const symbolizer = new Symbolizer(snapshot());
  const places = [...pcs].map((pc) => {
    const found = symbolizer.lookup(pc);
    return found ? `${found.line}:${found.column}` : 'nowhere';
  });
  return { hooks, records, places: [...new Set(places)] };
}

const plain = (operand: unknown): unknown => {
  if (operand instanceof Uint8Array) return Buffer.from(operand).toString('latin1');
  return operand instanceof RegExp ? String(operand) : operand;
};

/** Eight bytes of text as a record has them. */
const word = (text: string): bigint => Buffer.from(text.padEnd(8, '\0'), 'latin1').readBigUInt64LE();
const words = (a: string, b: string): [bigint, bigint] => [word(a), word(b)];

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const S = { s: 'GET /index', x: 'POST' };
const TABLE = { t: { GET: 1, HEAD: 2 }, k: 'POST' };

type Case = [
  source: string,
  values: Record<string, unknown>,
  hooks: unknown[][],
  records: [bigint, bigint][],
];

/** `§` is the place that the PC has to lead to. */
const CASES: Case[] = [
  // Beginnings and ends.
  ['s.§startsWith(x)', S, [['strcmp', 'GET ', 'POST']], [words('GET ', 'POST')]],
  ['s.§startsWith(x, 5)', S, [['strcmp', 'inde', 'POST']], [words('inde', 'POST')]],
  ['s.§startsWith(x, s.length - 6)', S, [['strcmp', '/ind', 'POST']], [words('/ind', 'POST')]],
  ['s.§startsWith(x, 0 / 0)', S, [['strcmp', 'GET ', 'POST']], [words('GET ', 'POST')]],
  ['s.§endsWith(x)', S, [['strcmp', 'ndex', 'POST']], [words('ndex', 'POST')]],
  ['s.§endsWith(x, 3)', S, [['strcmp', 'GET', 'POST']], [words('GET', 'POST')]],
  ['String(s).§startsWith(x + "!")', S, [['strcmp', 'GET /', 'POST!']], [words('GET /', 'POST!')]],
  // An argument that holds an operand of its own.
  [
    'String(s).§startsWith(String(x) === "POST" ? x : s)',
    S,
    [['strcmp', 'GET ', 'POST']],
    [words('GET ', 'POST')],
  ],
  ['s?.§startsWith(x)', S, [['strcmp', 'GET ', 'POST']], [words('GET ', 'POST')]],
  ['s.startsWith("GET")', S, [], []],
  [
    'o.a.b.§startsWith(x)',
    { o: { a: { b: 'abcd' } }, x: 'POST' },
    [['strcmp', 'abcd', 'POST']],
    [words('abcd', 'POST')],
  ],
  [
    'o?.a[i].§startsWith(x)',
    { o: { a: ['', 'abcd'] }, i: 1, x: 'POST' },
    [['strcmp', 'abcd', 'POST']],
    [words('abcd', 'POST')],
  ],
  [
    'f()?.a.§startsWith(x)',
    { f: () => ({ a: 'abcd' }), x: 'POST' },
    [['strcmp', 'abcd', 'POST']],
    [words('abcd', 'POST')],
  ],
  ['this.me.§startsWith(x)', S, [['strcmp', 'this', 'POST']], [words('this', 'POST')]],
  // Searches.
  ['s.§includes(x)', S, [['strstr', 'GET /index', 'POST']], [words('POST', 'GET /ind')]],
  ['s.§indexOf("GET", 1)', S, [['strstr', 'GET /index', 'GET']], [words('GET', 'GET /ind')]],
  ['s.§lastIndexOf(x)', S, [['strstr', 'GET /index', 'POST']], [words('POST', 'GET /ind')]],
  ['s.§split(x)', S, [['strstr', 'GET /index', 'POST']], [words('POST', 'GET /ind')]],
  ['s.§replace(x, "")', S, [['strstr', 'GET /index', 'POST']], [words('POST', 'GET /ind')]],
  ['s.§replaceAll(x, "")', S, [['strstr', 'GET /index', 'POST']], [words('POST', 'GET /ind')]],
  ['s.includes("index")', S, [], []],
  ['s.§localeCompare(x)', S, [['strcmp', 'GET /index', 'POST']], [words('GET /ind', 'POST')]],
  // Patterns.
  ['s.§match(/^P/)', S, [['regexec', '/^P/', 'GET /index']], []],
  ['s.§matchAll(/P/g)', S, [['regexec', '/P/g', 'GET /index']], []],
  ['s.§search(/P/)', S, [['regexec', '/P/', 'GET /index']], []],
  ['s.§replace(/P/u, x)', S, [['regexec', '/P/u', 'GET /index']], []],
  ['s.§replaceAll(/P/g, x)', S, [['regexec', '/P/g', 'GET /index']], []],
  ['s.§split(/P/)', S, [['regexec', '/P/', 'GET /index']], []],
  ['/P/.§test(s)', S, [['regexec', '/P/', 'GET /index']], []],
  ['r.§exec(s)', { ...S, r: /P/ }, [['regexec', '/P/', 'GET /index']], []],
  // Bytes.
  [
    'a.§equals(b)',
    { a: bytes('abXdefghijk'), b: bytes('abcdefghijk') },
    [['memcmp', 'abXdefghijk', 'abcdefghijk']],
    [words('Xdefghij', 'cdefghij')],
  ],
  ['a.§compare(b)', { a: bytes('a'), b: bytes('ab') }, [['memcmp', 'a', 'ab']], [words('', 'b')]],
  ['Buffer.§compare(a, b)', { a: bytes('a'), b: bytes('b') }, [['memcmp', 'a', 'b']], [words('a', 'b')]],
  [
    'c.§timingSafeEqual(f(), b)',
    { c: { timingSafeEqual() {} }, f: () => bytes('a'), b: bytes('b') },
    [['memcmp', 'a', 'b']],
    [words('a', 'b')],
  ],
  [
    '§timingSafeEqual(a, b)',
    { timingSafeEqual() {}, a: bytes('a'), b: bytes('b') },
    [['memcmp', 'a', 'b']],
    [words('a', 'b')],
  ],
  ['a.equals(b)', { a: bytes('a'), b: bytes('a') }, [], []],
  [
    'a.§includes("\\u00e9!")',
    { a: bytes('abc') },
    [['memmem', 'abc', '\u00c3\u00a9!']],
    [words('\u00c3\u00a9!', 'abc')],
  ],
  ['a.§indexOf(b)', { a: bytes('abc'), b: bytes('z') }, [['memmem', 'abc', 'z']], [words('z', 'abc')]],
  ['a.indexOf(b)', { a: bytes('abc'), b: bytes('bc') }, [], []],
  // Lists.
  [
    '["GET", "HEAD"].§includes(k)',
    TABLE,
    [
      ['strcmp', 'POST', 'GET'],
      ['strcmp', 'POST', 'HEAD'],
    ],
    [words('POST', 'GET'), words('POST', 'HEAD')],
  ],
  [
    'l.§indexOf(n)',
    { l: [1, 'x', 300], n: 7 },
    [],
    [
      [7n, 1n],
      [7n, 300n],
    ],
  ],
  [
    'l.§includes(n)',
    { l: new Uint16Array([1, 300]), n: 7 },
    [],
    [
      [7n, 1n],
      [7n, 300n],
    ],
  ],
  // Tables.
  [
    't[§k]',
    TABLE,
    [
      ['strcmp', 'POST', 'GET'],
      ['strcmp', 'POST', 'HEAD'],
    ],
    [words('POST', 'GET'), words('POST', 'HEAD')],
  ],
  [
    't?.[§k]',
    TABLE,
    [
      ['strcmp', 'POST', 'GET'],
      ['strcmp', 'POST', 'HEAD'],
    ],
    [words('POST', 'GET'), words('POST', 'HEAD')],
  ],
  ['t[§k + "!"]', { t: { a: 1 }, k: 'b' }, [['strcmp', 'b!', 'a']], [words('b!', 'a')]],
  ['f()[§k]', { f: () => ({ ab: 1 }), k: 'cd' }, [['strcmp', 'cd', 'ab']], [words('cd', 'ab')]],
  ['f()?.a[§k]', { f: () => ({ a: { ab: 1 } }), k: 'cd' }, [['strcmp', 'cd', 'ab']], [words('cd', 'ab')]],
  ['o.t[§k]', { o: { t: { ab: 1 } }, k: 'cd' }, [['strcmp', 'cd', 'ab']], [words('cd', 'ab')]],
  [
    't[§"content-type"]',
    { t: { 'content-hype': 1 } },
    [['strcmp', 'content-type', 'content-hype']],
    [words('type', 'hype')],
  ],
  ['t[§n]', { t: { 300: 1, GET: 2 }, n: 7 }, [], [[7n, 300n]]],
  ['t[§k]?.(1)', { t: { ab: 1 }, k: 'cd' }, [['strcmp', 'cd', 'ab']], [words('cd', 'ab')]],
  ['t[§k]?.()', { t: { ab: 1 }, k: 'cd' }, [['strcmp', 'cd', 'ab']], [words('cd', 'ab')]],
  ['o.t[§k]?.()', { o: { t: { ab: 1 } }, k: 'cd' }, [['strcmp', 'cd', 'ab']], [words('cd', 'ab')]],
  ['o.t[§k]?.run(1)', { o: { t: { ab: 1 } }, k: 'cd' }, [['strcmp', 'cd', 'ab']], [words('cd', 'ab')]],
  ['t[k]', { t: { GET: 1 }, k: 'GET' }, [], []],
  [
    '§k in t',
    TABLE,
    [
      ['strcmp', 'POST', 'GET'],
      ['strcmp', 'POST', 'HEAD'],
    ],
    [words('POST', 'GET'), words('POST', 'HEAD')],
  ],
  ['§f() in g()', { f: () => 'cd', g: () => ({ ab: 1 }) }, [['strcmp', 'cd', 'ab']], [words('cd', 'ab')]],
  ['Object.§hasOwn(t, k)', { t: { ab: 1 }, k: 'cd' }, [['strcmp', 'cd', 'ab']], [words('cd', 'ab')]],
  ['t.§hasOwnProperty(k)', { t: { ab: 1 }, k: 'cd' }, [['strcmp', 'cd', 'ab']], [words('cd', 'ab')]],
  [
    '({}).hasOwnProperty.§call(t, k)',
    { t: { ab: 1 }, k: 'cd' },
    [['strcmp', 'cd', 'ab']],
    [words('cd', 'ab')],
  ],
  [
    'hasOwn.§call(t, k)',
    { hasOwn: {}.hasOwnProperty, t: { ab: 1 }, k: 'cd' },
    [['strcmp', 'cd', 'ab']],
    [words('cd', 'ab')],
  ],
  ['Reflect.§has(t, k)', { t: { ab: 1 }, k: 'cd' }, [['strcmp', 'cd', 'ab']], [words('cd', 'ab')]],
  [
    'm.§get(k)',
    {
      m: new Map<unknown, number>([
        ['ab', 1],
        [5, 2],
      ]),
      k: 'cd',
    },
    [['strcmp', 'cd', 'ab']],
    [words('cd', 'ab')],
  ],
  ['m.§has(k)', { m: new Set(['ab', 300]), k: 7 }, [], [[7n, 300n]]],
  ['m.§delete(k)', { m: new Map([['ab', 1]]), k: 'cd' }, [['strcmp', 'cd', 'ab']], [words('cd', 'ab')]],
  // Equality.
  ['Object.§is(s, "POST")', S, [['strcmp', 'POST', 'GET /index']], [words('POST', 'GET /ind')]],
  ['Object.§is(a, b)', { a: 5, b: 300 }, [], [[5n, 300n]]],
  ['§parseInt(x) === 0.5', S, [], [[0x3fe0000000000000n, 0x7ff8000000000000n]]],
  ['§parseInt(x) === 31337', S, [], [[0x40de9a4000000000n, 0x7ff8000000000000n]]],
];

describe('what is compared is seen, and its PC leads to where it stands', () => {
  test.each(CASES)('%s', (marked, values, hooks, records) => {
    // Columns are counted from 1.
    const places = hooks.length + records.length > 0 ? [`2:${marked.indexOf('§') + 1}`] : [];
    expect(run(marked.replace('§', ''), values)).toEqual({ hooks, records, places });
  });

  test('the cases of a switch that are no literals, as they are tested, each at its place', () => {
    const source = `(function (v, A, f) { switch (v) {
      case 'one': return 1;
      case A: return 2;
      case f(): return 3;
      case 'never': return 4;
      case A.never: return 5;
    } })`;
    const fn = instrumented<(...args: unknown[]) => unknown>(source, '/comparisons/switch.js');
    expect(record(() => expect(fn('FFFF', 'AAAA', () => 'FFFF')).toBe(3))).toEqual({
      hooks: [
        ['strcmp', 'one', 'FFFF'],
        ['strcmp', 'never', 'FFFF'],
        ['strcmp', 'FFFF', 'AAAA'],
      ],
      records: [words('one', 'FFFF'), words('never', 'FFFF'), words('FFFF', 'AAAA')],
      places: ['1:23', '3:12'],
    });
  });

  test('a loop over bytes shows those that differ', () => {
    const source = `(function (a, b) {
      for (let i = 0; i < b.length; i++) if (a[i] !== b[i]) return false;
      return true;
    })`;
    const fn = instrumented<(a: Uint8Array, b: Uint8Array) => boolean>(source, '/comparisons/bytes.js');
    const { records } = record(() => fn(bytes('PNG'), bytes('PGM')));
    expect(records).toContainEqual([BigInt('N'.charCodeAt(0)), BigInt('G'.charCodeAt(0))]);
  });

  test('several in one call chain have PCs of their own', () => {
    const { hooks, places } = run('t[k].x(1), s.replace("ab", "").replace("cd", "")', {
      t: { ef: 1, gh: { x() {} } },
      k: 'gh',
      s: '--',
    });
    expect(hooks).toEqual([
      ['strstr', '--', 'ab'],
      ['strstr', '--', 'cd'],
    ]);
    expect(new Set(places).size).toBe(2);
  });

  test('of a large table the first 64 keys', () => {
    const t = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`key${i}`, i]));
    const m = new Map(Object.entries(t));
    expect(run('t[k]', { t, k: 'none' }).hooks.length).toBe(64);
    expect(run('m.get(k)', { m, k: 'none' }).hooks.length).toBe(64);
    expect(run('l.includes(k)', { l: Object.keys(t), k: 'none' }).hooks.length).toBe(64);
  });
});

describe('what is left out', () => {
  test.each<[string, Record<string, unknown>]>([
    // Keys that are plainly numbers, and lists.
    ['t[0]', TABLE],
    ['t[n++]', { ...TABLE, n: 1 }],
    ['t[n - 1]', { ...TABLE, n: 'x' }],
    ['t[n + 1]', { ...TABLE, n: 'x' }],
    ['l[k]', { l: ['a'], k: 'cd' }],
    ['l[k]', { l: bytes('a'), k: 'cd' }],
    ['l[k]', { l: 'text', k: 'cd' }],
    ['t[k]', { t: TABLE.t, k: Symbol('s') }],
    ['t[k]', { t: TABLE.t, k: { toString: () => 'cd' } }],
    // Writing.
    ['t[k] = 1', { t: { ab: 1 }, k: 'cd' }],
    ['t[k]++', { t: { ab: 1 }, k: 'cd' }],
    ['t[k] ??= 1', { t: { ab: 1 }, k: 'cd' }],
    ['delete t[k]', { t: { ab: 1 }, k: 'cd' }],
    ['[t[k]] = [1]', { t: { ab: 1 }, k: 'cd' }],
    ['({ x: t[k], ...t[k] } = {})', { t: { ab: 1 }, k: 'cd' }],
    // Others' methods by these names.
    ['o.get(k)', { o: { get() {} }, k: 'cd' }],
    ['o.test(k)', { o: { test() {} }, k: 'cd' }],
    ['o.startsWith(k)', { o: { startsWith() {} }, k: 'cd' }],
    ['s.startsWith(...k)', { s: 'ab', k: ['cd'] }],
  ])('%s', (source, values) => expect(run(source, values)).toEqual({ hooks: [], records: [], places: [] }));

  test('the counter of a loop', () => {
    const source = '(function (t) { for (let i = 0; i != 1; i++) t[i]; })';
    const fn = instrumented<(t: object) => void>(source, '/comparisons/counter.js');
    const { records } = record(() => fn({ 7: 1 }));
    expect(records.length).toBe(2); // Those of the condition.
  });
});

describe('tracing runs none of the program’s code', () => {
  const boom = (): never => {
    throw new Error('was run');
  };
  const trap = (value: object): object => new Proxy(value, new Proxy({}, { get: boom }));

  test.each<[string, Record<string, unknown>]>([
    // Only what tracing adds is looked at: the methods do nothing with their operands.
    ['o.a.b.startsWith?.(k)', { o: { a: { b: { startsWith() {} } } }, k: trap({}) }],
    ['o.includes(k)', { o: { includes() {} }, k: trap({}) }],
    ['hasOwn.call(o, k)', { hasOwn: { call() {} }, o: trap({}), k: 'x' }],
    ['hasOwn.call(o, k)', { hasOwn: { call() {} }, o: { ab: 1 }, k: { toString: boom, valueOf: boom } }],
    ['o.get(k)', { o: Object.assign(Object.create(new Map()), { get() {} }), k: 'x' }],
    ['o.test(k)', { o: { test() {} }, k: trap({}) }],
    ['timingSafeEqual(a, b)', { timingSafeEqual() {}, a: trap(bytes('a')), b: bytes('b') }],
    ['x.match(r)', { x: { match() {} }, r: trap(/a/) }],
  ])('%s', (source, values) => {
    const text = `(function (${Object.keys(values).join(', ')}) { return (${source}); })`;
    const fn = instrumented<(...args: unknown[]) => unknown>(text, `/comparisons/${files++}.js`);
    record(() => fn(...Object.values(values)));
  });

  test('getters on the way to an operand are run once, by the program', () => {
    let got = 0;
    const o = {
      get t() {
        got++;
        return { ab: 'text', run() {} };
      },
    };
    expect(run('o.t[k]', { o, k: 'cd' }).hooks).toEqual([]);
    expect(run('o.t.ab.includes(k)', { o, k: 'cd' }).hooks).toEqual([]);
    expect(run('o.t[k]?.()', { o, k: 'cd' }).hooks).toEqual([]);
    expect(got).toBe(3);
  });

  test('nor what it has put in the place of the language’s functions', () => {
    const changed: [object, PropertyKey][] = [
      [String.prototype, 'slice'],
      [String.prototype, 'includes'],
      [String.prototype, 'charCodeAt'],
      [Map.prototype, 'keys'],
      [Set.prototype, 'values'],
      [Object.getPrototypeOf(new Map().keys()) as object, 'next'],
      [Object, 'keys'],
      [Object, 'getOwnPropertyDescriptor'],
      [Object, 'getPrototypeOf'],
      [Object, 'hasOwn'],
      [Array, 'isArray'],
      [Number, 'isSafeInteger'],
      [Math, 'min'],
      [Math, 'floor'],
      [Object.getPrototypeOf(Uint8Array.prototype) as object, 'indexOf'],
      [Buffer.prototype, 'indexOf'],
      [TextEncoder.prototype, 'encodeInto'],
      [TextEncoder.prototype, 'encode'],
      [WeakMap.prototype, 'get'],
      [WeakMap.prototype, 'set'],
      [Array.prototype, Symbol.iterator],
      [Array.prototype, 'push'],
    ];
    const { kernel } = boot();
    const { fd, words: buffer } = traced(4096, KCOV_MODE_TRACE_CMP);
    const large = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`k${i}`, i]));
    const [map, set, a, b] = [new Map([['ab', 1]]), new Set(['ab']), bytes('ab'), bytes('ac')];
    const own = changed.map(([owner, name]) => Object.getOwnPropertyDescriptor(owner, name)!);
    let error: unknown = null;
    let runs = 0;
    try {
      for (let i = 0; i < changed.length; i++)
        Object.defineProperty(changed[i]![0], changed[i]![1], { value: () => runs++ });
      kernel.trace_cmp('abc', 'abd', 1);
      kernel.trace_cmp(2 ** 40, 3, 1);
      kernel.trace_switch('abc', ['abd'], 1);
      kernel.trace_call('startsWith', ['abc', 'x', 1], 1);
      kernel.trace_call('includes', ['abc', 'x'], 1);
      kernel.trace_call('includes', [['abc'], 'x'], 1);
      kernel.trace_call('includes', [a, 'x'], 1);
      kernel.trace_call('equals', [a, b], 1);
      kernel.trace_call('get', [map, 'x'], 1);
      kernel.trace_call('has', [set, 'x'], 1);
      kernel.trace_key(large, 'x', 1);
      kernel.trace_key(kernel.peek({ t: { ab: 1 } }, ['t']), 'x', 1);
    } catch (thrown) {
      error = thrown;
    } finally {
      for (let i = 0; i < changed.length; i++) Object.defineProperty(changed[i]![0], changed[i]![1], own[i]!);
    }
    ioctl(fd, KCOV_IOC_DISABLE);
    expect({ error, runs }).toEqual({ error: null, runs: 0 });
    expect(buffer[0]).toBe(10n + 64n + 1n);
  });

  test('a pattern is left where it was', () => {
    const sticky = /a/y;
    sticky.lastIndex = 1;
    const { hooks } = record(() => boot().kernel.trace_call('test', [sticky, 'ba'], 1));
    expect(hooks).toEqual([['regexec', '/a/y', 'ba']]);
    expect(sticky.lastIndex).toBe(1);
  });

  test('bytes that were given away have none', () => {
    const a = new Uint8Array(8);
    structuredClone(a.buffer, { transfer: [a.buffer] });
    const { hooks } = record(() => boot().kernel.trace_call('equals', [a, bytes('x')], 1));
    expect(hooks).toEqual([['memcmp', '', 'x']]);
  });
});
