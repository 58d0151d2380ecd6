import { createContext, Script } from 'node:vm';
import type { FileCoverageData } from 'istanbul-lib-coverage';
import { createInstrumenter } from 'istanbul-lib-instrument';
import { describe, expect, test } from 'vitest';
import { fileCoverage } from '../../harness/report/coverage.ts';
import { sourceOf } from '../../harness/report/model/source.ts';
import { COUNTERS_GLOBAL, type CounterSection } from '../../src/abi/counters.ts';
import { counterOf } from '../../src/instrument/sites.ts';
import fc from '../fast-check.ts';
import { compile } from './fake-kernel.ts';
import { smallPrograms } from './small-programs.ts';

const COUNTERS = { coverage: ['inline-32bit-counters'] } as const;
const PATH = '/app/file.js';
/** `KCOVJS_COUNTERS_RUNS=3000 npx vitest run test/instrument/counters.test.ts` holds many more programs against istanbul. */
const RUNS = Number(process.env['KCOVJS_COUNTERS_RUNS'] ?? 100);

interface Ran {
  section: CounterSection;
  istanbul: Record<string, FileCoverageData>;
}

/** Runs a script; what it throws is its own affair. */
function run(code: string, globals: object = {}): Ran {
  let fuel = 100;
  const context = createContext({
    fuel: () => {
      if (fuel-- <= 0) throw new Error('out of fuel');
      return true;
    },
    ...globals,
  });
  try {
    new Script(code).runInContext(context, { timeout: 5000 });
  } catch (error) {
    if (error instanceof SyntaxError) throw error;
  }
  return { section: context[COUNTERS_GLOBAL] ?? {}, istanbul: context['__coverage__'] ?? {} };
}

function ours(source: string, globals?: object): FileCoverageData {
  const { section } = run(compile(source, { coverage: [...COUNTERS.coverage] }, PATH).code, globals);
  const [counters] = Object.values(section);
  return fileCoverage(
    sourceOf(source, PATH, 'commonjs', { counters: true }),
    (site) => counters![counterOf(site)]!,
  );
}

function istanbul(source: string, globals?: object): FileCoverageData {
  const code = createInstrumenter({ autoWrap: true }).instrumentSync(source, PATH);
  return run(code, globals).istanbul[PATH]!;
}

const counts = ({ s, f, b }: FileCoverageData) => ({ s, f, b });

test('statements, functions and branches of random programs are counted as istanbul counts them, whatever throws', () => {
  fc.assert(
    fc.property(smallPrograms, (source) => {
      expect(counts(ours(source))).toEqual(counts(istanbul(source)));
    }),
    { numRuns: RUNS },
  );
});

describe('what throws in the middle of a block ends what is counted', () => {
  test.each([
    ['a call', 'function f(){ fail(); a = 1; } var a; try { f(); a = 2; } catch {} a = 3;'],
    ['a lookup', 'var a; try { a = none.x; a = 2; a = 3; } catch { a = 4; }'],
    ['a variable of several', 'try { const a = 1, b = fail(), c = 3, d = () => 4; } catch {}'],
    ['what is taken apart', 'try { const { a } = none; fail(); } catch {}'],
    ['what is run over', 'try { const [a] = none; fail(); } catch {}'],
    ['a loop', 'var a; try { for (const x of none) a = x; a = 1; } catch {}'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a program
    ['a template', 'var a; try { a = `${Symbol()}`; a = 1; } catch {}'],
    ['a class', 'var a; try { class A extends five {} a = 1; } catch {}'],
    ['a block inside', 'var a; try { { fail(); } a = 1; } finally { a = 2; }'],
    ['a constructor', 'var a; try { new Fail(); a = 1; } catch {}'],
    ['a case', 'var a; try { switch (1) { case 1: fail(); a = 1; case 2: a = 2; } a = 3; } catch {}'],
  ])('%s', (_, source) => {
    const fail = () => {
      throw new Error('fail');
    };
    const globals = { none: null, five: 5, fail, Fail: fail };
    const mine = ours(source, globals);
    expect(counts(mine)).toEqual(counts(istanbul(source, globals)));
    expect(Object.values(mine.s)).toContain(0);
  });

  test('but not a conversion: of what it keeps from running we say that it ran', () => {
    const source = 'var a; try { a = +odd; a = 2; } catch { a = 3; }';
    const odd = {
      valueOf: () => {
        throw new Error('odd');
      },
    };
    const [mine, theirs] = [ours(source, { odd }), istanbul(source, { odd })];
    const differing = Object.keys(mine.s).filter((id) => mine.s[id] !== theirs.s[id]);
    expect(differing.map((id) => [mine.statementMap[id]!.start.column, mine.s[id], theirs.s[id]])).toEqual([
      [source.indexOf('a = 2'), 1, 0],
    ]);
  });
});

test('arms that comments leave out take no other arm’s count', () => {
  const source = `var a = 1, b;
/* istanbul ignore if */ if (a > 5) { b = 1; } else { b = 2; }
/* istanbul ignore else */ if (a) { b = 3; }
b = a ? /* istanbul ignore next */ 4 : 5;
b = /* istanbul ignore next */ a && b || 6;
switch (a) { /* istanbul ignore next */ case 0: b = 7; case 1: b = 8; default: b = 9; }`;
  const mine = ours(source);
  expect(counts(mine)).toEqual(counts(istanbul(source)));
  expect(mine.branchMap['0']!.locations).toHaveLength(1);
});

test('counting changes no PC', () => {
  const source = 'f(); g(); function f() { g(); return 1; } function g() {}';
  const [plain, counted] = [
    compile(source),
    compile(source, { coverage: ['trace-pc', 'inline-32bit-counters'] }),
  ];
  const offsets = ({ table }: typeof plain) => [...table].map(({ offset, place }) => [offset, place]);
  expect(offsets(counted)).toEqual(offsets(plain));
  expect(counted.table.resumptions).toHaveLength(2);
  expect(counted.code).toMatch(/_counters\[\d+\]\+\+/);
  expect(plain.code).not.toContain('_counters');
});

test('a realm goes on counting where it evaluates a module again, and a changed text is another one', () => {
  const { code } = compile('1;', { coverage: ['inline-32bit-counters'] }, PATH);
  const changed = compile('2;', { coverage: ['inline-32bit-counters'] }, PATH).code;
  const { section } =
    run(`${code};${code.replaceAll('_counters', '_again').replaceAll('_initCounters', '_initAgain')};
    ${changed.replaceAll('_counters', '_changed').replaceAll('_initCounters', '_initChanged')}`);
  expect(Object.values(section).map(([entries]) => entries)).toEqual([2, 1]);
});

test('names of ours that the program has are left to it', () => {
  const source = 'var _counters = 5, _initCounters = 6; log(_counters + _initCounters);';
  const logged: unknown[] = [];
  const { section } = run(compile(source, { coverage: ['inline-32bit-counters'] }, PATH).code, {
    log: (value: unknown) => logged.push(value),
  });
  expect(logged).toEqual([11]);
  expect(Object.keys(section)).toHaveLength(1);
});

test('functions of a module count though its own first statement has not run yet', () => {
  const source = 'export function f(a = () => 1) { if (a()) return g(); } const g = () => 2;';
  const { code } = compile(source, { coverage: ['inline-32bit-counters'] }, '/app/file.mjs');
  // An import cycle calls what is hoisted before the body.
  const body = code.replace('export ', '').replace(/var _counters = [^;]+;/, 'try { f(); } catch {} $& f();');
  const { section } = run(`(function () { ${body} })()`);
  const [counters] = Object.values(section);
  expect(counters![1]).toBeGreaterThan(0);
});
