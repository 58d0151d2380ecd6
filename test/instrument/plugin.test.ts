import { describe, expect, test } from 'vitest';
import { CALL_SIZE, SITE_SIZE, textOffset } from '../../src/abi/text.ts';
import { compile, run } from './fake-kernel.ts';

/** Expressions whose value shows whether instrumented code still means what was written. */
const MEANINGS = [
  // Names and lengths.
  '(() => { const f = () => 1; return f.name; })()',
  '(({ g = () => 1 } = {}) => g.name)()',
  '((g = function () {}) => g.name)()',
  '(() => { let h; h ||= () => 1; return h.name; })()',
  '(() => { class A { x = () => 1; static y = class {}; } return [new A().x.name, A.y.name]; })()',
  '(function f(a, b = 1, ...c) {}).length',
  "(() => { const o = { get ['a' + 1]() { return 2; }, __proto__: null }; return o.a1; })()",
  '(({ __proto__: __proto__ = () => 1 } = { __proto__: null }) => __proto__.name)()',
  '(({ A = class {} } = {}) => { try { A(); } catch (e) { return e.message; } })()',
  // Order and number of evaluations.
  '(() => { const log = []; const t = (x) => (log.push(x), x); const r = t(2) < t(1) || t(3) === t(3); return [log, r]; })()',
  '(() => { let i = 0; const a = [i++ < i++, i === (i = 7), i]; return a; })()',
  '(() => { let n = 0; const o = { get x() { return ++n; } }; return [o.x === 1, o.x === 2, n]; })()',
  '(() => { const o = { a: 1 }; return o.a === (o.a = 2, 1); })()',
  '(() => { let x = 1; const f = () => (x = 5); return x < f(); })()',
  '(() => { const f = (n) => n === 0 ? 0 : 1 + (f(n - 1) === f(n - 1) ? f(n - 1) : 99); return f(5); })()',
  "(() => { let c = 0; switch ((c++, 'b')) { case 'a': return 0; case 'b': case 'd': return c; default: return 9; } })()",
  "(() => { const f = 'a', c = ['a']; switch (f) { case c[0]: let f = 1; return f; } })()",
  "(() => { const f = 'a', c = ['a']; switch (f) { case c[0]: return 1; default: class f {} } })()",
  '(() => { const r = []; for (let i = 0; i < 3; i++) r.push(() => i); return r.map((f) => f()); })()',
  "(() => { const f = () => null, k = 'k'; const t = (g) => { try { return g(); } catch (e) { return e.message; } }; return [f()?.a[k], f()?.a.includes(k), f()?.a[k](k), t(() => (f()?.a)[k]), t(() => (f()?.a).includes(k)), f?.()?.[k]?.x]; })()",
  "(() => { const log = []; const o = { get a() { log.push('a'); return { get includes() { log.push('includes'); return (x) => log.push(x); } }; } }; o.a.includes((log.push('x'), 1)); o['a']['includes'](2); o?.a?.includes?.((log.push('y'), 3)); return log; })()",
  "(() => { const log = []; const t = { get k() { log.push('k'); return function (x) { return [this === t, x]; }; } }; const key = { toString() { log.push('key'); return 'k'; } }; return [t[key](1), t[(log.push('p'), 'k')](2), t['k'].call(t, 3), (key in t), log]; })()",
  "(() => { const a = /a/g, y = /b/y; const r = [a.test('aab'), a.exec('aab').index, y.test('ab'), y.lastIndex, 'ab'.replace(y, 'c'), 'aa'.match(/a/g), [...'aa'.matchAll(/a/g)].length]; return [r, a.lastIndex, y.lastIndex]; })()",
  '(() => { try { const t = {}; t.x[k]; let k; } catch (e) { return e.name; } })()',
  "(() => { const log = []; const t = { get x() { log.push('x'); } }; try { t.x[k](); let k; } catch (e) { return [e.name, log]; } })()",
  '(() => { const f = (v, ...cases) => { switch (v) { case cases[0]: return 1; case cases.shift(): return 2; case cases.length < 1: return 3; } }; return [f(1, 1), f(1, 2, 1), f(true, 1), f(false, 3)]; })()',
  "(function (s = 'abc'.includes(['b'].join()), t = {}[s]) { class A { x = 'abc'.startsWith('a' + 'b'); static y = 'x' in (() => ({ x: 1 }))(); } return [s, t, new A().x, A.y]; })()",
  "(() => { const t = { a: 1 }, k = 'a'; t[k]++; t[k] += 2; t[k] ||= 5; [t[k + 1]] = [7]; ({ x: t.b, ...t[k + 2] } = { x: 1, y: 2 }); for (t[k + 3] of [1, 2]); delete t[k]; return t; })()",
  // this, arguments, new.target, super.
  "(function () { return [this.v === 1 ? 'one' : 'none', arguments.length > 1, arguments[0] === 5]; }).call({ v: 1 }, 5, 6)",
  "(() => { function F() { return (new.target === F) ? undefined : 'called'; } return [F(), typeof new F()]; })()",
  '(() => { class A { m() { return 1; } } class B extends A { constructor(x = super.m === undefined) { super(); this.x = x; } m() { return super.m() === 1 && super.m(); } } return new A().m() + new B(1).m(); })()',
  // Errors.
  '(() => { try { x; let x = 1; } catch (e) { return e.name; } })()',
  '(() => { try { if (x === 1) return 1; const x = 2; } catch (e) { return e.message; } })()',
  '(() => { try { null.x === 1; } catch (e) { return e instanceof TypeError; } finally { } })()',
  '(() => { try { undeclared === 1; } catch (e) { return e.message; } })()',
  "typeof undeclared === 'undefined'",
  // Statements.
  "(() => { outer: for (const a of [1, 2]) { for (const b of [1, 2]) { if (b === 2) continue outer; if (a === 2) break outer; } } return 'done'; })()",
  "(() => { const f = function () { 'use strict'; return this === undefined; }; return f(); })()",
  '(() => { if (true) function g() { return 1; } return typeof g; })()',
  '(() => { var i = 0; do i++; while (i < 5); while (i < 9) i++; for (;;) { if (i > 10) break; i++; } return i; })()',
  "(() => { let s = ''; for (const k in { a: 1, b: 2 }) s += k; return s; })()",
  '(() => { const f = () => { try { return 1; } finally { return 2; } }; return f(); })()',
  '(() => { with ({ x: 1 }) { return x === 1; } })()',
  // Generators and destructuring.
  "(() => { function* g() { const x = yield 1; if (x === 5) yield 'five'; return (yield 3) < (yield 4); } const i = g(); return [i.next(), i.next(5), i.next(), i.next(1), i.next(2)]; })()",
  '(() => { let a, b; const f = (...x) => x; return [f([0], ([a = 3] = [])), f?.({ x: 0 }, ({ b } = { b: 2 })), a, b]; })()',
  '(() => { const { a = 1, b: { c = a === 1 } = {} } = {}; return [a, c]; })()',
  '(() => { class A { static #p = 1; static { this.q = A.#p === 1; } static has(o) { return #p in o; } } return [A.q, A.has(A), A.has({})]; })()',
  "(() => { let a = null; a ??= 3; a &&= a < 4; return [a, a?.b?.c === undefined, (a?.toString)() === 'true']; })()",
  "[1n < 2n, 1n == 1, '1' == 1, null == undefined, NaN === NaN, -0 === 0, 'a' < 'b', 5 > 3n]",
  '(() => { const t = (s, ...v) => s.raw.join() + v; return t`a$` + t`b`; })()',
  '(() => { const l = 1, r = 2, _left0 = 3; const f = (x = l + 1 < r + 2 ? l : r) => x + _left0 + (l + 1 === r); return f(); })()',
];

describe('instrumented code means what it meant', () => {
  for (const source of MEANINGS) {
    test(source.slice(0, 100), () => {
      const plain = run(source).value;
      for (const callbacks of ['inline', 'call'] as const) {
        const { code } = compile(source, { callbacks });
        expect(run(code).value).toEqual(plain);
        expect(run(code, { cmp: true }).value).toEqual(plain);
      }
    });
  }

  test('promises and async generators settle as before', async () => {
    const source = `(async () => {
      const log = [];
      async function* g() { for await (const x of [1, Promise.resolve(2)]) { if (x === 2) log.push('two'); yield x; } }
      for await (const x of g()) log.push(x);
      const f = async (x = 1 < 2) => ((await x) === (await true));
      return [log, await f()];
    })()`;
    expect(await run(compile(source).code).value).toEqual(await run(source).value);
  });
});

describe('PCs', () => {
  const source =
    'function f(x) { if (x === 1) { return 1; } return 2; }\nconst g = (a) => a && f(a);\nf(1); g(2);';

  test('the same source gives the same PCs, whatever is traced and however', () => {
    const pcs = (options: object): number[] => {
      const { table } = compile(source, options);
      return [...table].map(({ offset }) => offset);
    };
    expect(pcs({ coverage: ['trace-pc'] })).toEqual(pcs({}));
    expect(pcs({ coverage: ['trace-cmp'], callbacks: 'call' })).toEqual(pcs({}));
    expect(run(compile(source, { callbacks: 'call' }).code).pcs).toEqual(run(compile(source).code).pcs);
    expect(run(compile(source).code).pcs.length).toBeGreaterThan(5);
  });

  test('another source, or another file of the package, gets other PCs', () => {
    const first = run(compile(source).code).pcs[0];
    expect(run(compile(`${source} `).code).pcs[0]).not.toBe(first);
    expect(run(compile(source, {}, '/app/other.js').code).pcs[0]).not.toBe(first);
  });

  test('a PC, the byte before it and the start of its call lie in one site, and sites do not overlap', () => {
    const { code, table } = compile(source);
    const sites = new Set([...table].map(({ offset }) => offset));
    expect(sites.size).toBe([...table].length);
    const base = Number(/kldload\("[^"]*", (\d+)/.exec(code)![1]);
    for (const pc of run(code).pcs) {
      const offset = textOffset(pc) - base;
      expect(sites.has(offset - CALL_SIZE)).toBe(true);
      expect(offset % SITE_SIZE).toBe(CALL_SIZE);
    }
  });

  test('functions are contiguous, in the order of the source, and each has an entry', () => {
    const { table } = compile(source);
    expect(table.symbols().map(({ name }) => name)).toEqual(['<module>', 'f', 'g']);
    let end = 0;
    for (const { offset, size } of table.symbols()) {
      expect(offset).toBe(end);
      expect(size).toBeGreaterThan(0);
      end += size;
    }
    expect(end).toBe(table.size);
  });

  test('names are those of a stack trace', () => {
    const { table } = compile(`
      exports.decode = function () {};
      class Parser { #p() {} static s() {} get v() { return 1; } field = 1; static sf = 2; }
      const o = { m() {}, arrow: () => 1 };
      Parser.prototype.late = function () {};
      (function () {})();
    `);
    expect(table.symbols().map(({ name }) => name)).toEqual([
      '<module>',
      'exports.decode',
      'Parser.#p',
      'Parser.s',
      'get Parser.v',
      'Parser.<instance_members_initializer>',
      'Parser.<static_initializer>',
      'm',
      'arrow',
      'Parser.late',
      '<anonymous>',
    ]);
  });
});

describe('blocks', () => {
  const reached = (source: string): string[] => {
    const { code, table } = compile(source);
    const base = Number(/kldload\("[^"]*", (\d+)/.exec(code)![1]);
    const places = new Map(
      [...table].map(({ offset, place }) => [base + offset + CALL_SIZE, `${place.line}:${place.column}`]),
    );
    return run(code).pcs.map((pc) => places.get(textOffset(pc))!);
  };

  test('an if without else traces both ways', () => {
    expect(reached('if (0) x;')).toEqual(['1:0', '1:0']);
    expect(reached('if (1) 2;')).toEqual(['1:0', '1:7']);
  });

  test('what follows a way out of its block is a block of its own', () => {
    expect(reached('function f(a) {\n  if (a) return 1;\n  return 2;\n}\nf(0);')).toEqual([
      '1:0',
      '1:0',
      '2:2',
      '3:2',
    ]);
    expect(reached('function* g() {\n yield 1;\n yield 2;\n}\nconst i = g(); i.next(); i.next();')).toEqual([
      '1:0',
      '1:0',
      '3:1',
    ]);
  });

  test('a loop traces each turn', () => {
    expect(reached('for (let i = 0; i < 3; i++)\n  i;')).toEqual(['1:0', '2:2', '2:2', '2:2']);
  });

  test('operands of a chain and arms of a condition trace when they are reached', () => {
    expect(reached('1 &&\n0 ||\n2;')).toEqual(['1:0', '2:0', '3:0']);
    expect(reached('0 ?\n1 :\n2;')).toEqual(['1:0', '3:0']);
  });
});

describe('comparisons', () => {
  const operands = (source: string): unknown[][] =>
    run(compile(source).code, { cmp: true }).cmps.map((record) => record.slice(0, -1));

  test('a literal on either side comes first, as a constant', () => {
    expect(operands('const x = 3; x === 5; 7 < x; x > -1; x == 5n')).toEqual([
      ['const_cmp', 5, 3],
      ['const_cmp', 7, 3],
      ['const_cmp', -1, 3],
      ['const_cmp', 5n, 3],
    ]);
  });

  test('variables come in the order of the source', () => {
    expect(operands("const a = 'x', b = 'y'; a !== b; [1].length >= [].length")).toEqual([
      ['cmp', 'x', 'y'],
      ['cmp', 1, 0],
    ]);
  });

  test('a switch gives its value with the literals of its cases, and with each other case as it is tested', () => {
    expect(operands("const k = 'q', v = 2; switch (k) { case 'a': case v: case 'b': }")).toEqual([
      ['switch', 'q', ['a', 'b']],
      ['cmp', 'q', 2],
    ]);
  });

  test('what no input can be made into is left out', () => {
    expect(
      operands("let x = 1; x === undefined; x == null; typeof x === 'string'; x === true; x !== /a/; 1 < 2"),
    ).toEqual([]);
  });

  test('each comparison has a PC of its own', () => {
    const pcs = run(compile('const x = 1; x < 2; x < 2; x < 2').code, { cmp: true }).cmps.map((record) =>
      record.at(-1),
    );
    expect(new Set(pcs).size).toBe(3);
  });
});

test('bad options are named', () => {
  expect(() => compile('1', { coverage: ['trace-bb' as 'trace-pc'] })).toThrow(
    "unknown coverage 'trace-bb'; known are trace-pc, trace-cmp",
  );
  expect(() => compile('1', { callbacks: 'both' as 'call' })).toThrow(
    "callbacks is 'inline' or 'call', not 'both'",
  );
});

test('without a harness the code runs all the same', async () => {
  const { transformSync } = await import('@babel/core');
  const { default: kcov } = await import('../../src/instrument/plugin.ts');
  const { runInNewContext } = await import('node:vm');
  const code = transformSync('const f = (x) => x === 1 ? 2 : 3; f(1)', {
    filename: '/app/a.js',
    configFile: false,
    babelrc: false,
    sourceType: 'script',
    plugins: [[kcov, {}]],
  })!.code!;
  expect(runInNewContext(code, { Int32Array })).toBe(2);
});
