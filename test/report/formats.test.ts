import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { CoverageMapData, FileCoverageData } from 'istanbul-lib-coverage';
import coverage from 'istanbul-lib-coverage';
import sourceMaps from 'istanbul-lib-source-maps';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { kcovjs, ROOT } from '../cli/kcovjs.ts';
import { files } from './corpora.ts';
import { type Count, children, elements, jsonLines, lcov, read, report, tool } from './reports.ts';

const FORMATS = [
  ...['lcovonly', 'cobertura', 'clover', 'json', 'json-summary', 'text', 'text-summary', 'jsonl', 'pcs'],
];

const DTD = join(ROOT, 'test/fixtures/report/coverage-04.dtd');

interface Line {
  file: string;
  function: string;
  line: number;
  column: number;
  hits: number;
  pc: string;
}

const summaryOf = (map: CoverageMapData) => {
  const all = coverage.createCoverageMap(map);
  return new Map(all.files().map((path) => [path, all.fileCoverageFor(path).toSummary()]));
};

const pair = ({ covered, total }: { covered: number; total: number }): Count => [covered, total];
const sum = (counts: readonly Count[]): Count =>
  counts.reduce<Count>(([a, b], [c, d]) => [a + c, b + d], [0, 0]);
const attributes = (element: Element, names: readonly string[]): number[] =>
  names.map((name) => Number(element.getAttribute(name)));
type Element = ReturnType<typeof elements>[number];

/**
 * Holds all formats of one report against the json of istanbul's library.
 *
 * @param generated files in which places are that their source maps say nothing of
 */
function expectAgreement(cwd: string, stdout: string, generated: readonly string[] = []): void {
  const map = JSON.parse(read(cwd, 'coverage-final.json')) as CoverageMapData;
  const summary = summaryOf(map);
  expect(summary.size).toBeGreaterThan(0);
  const of = (path: string) => {
    const { lines, branches, functions, statements } = summary.get(path)!;
    return {
      lines: pair(lines),
      branches: pair(branches),
      functions: pair(functions),
      statements: pair(statements),
    };
  };
  const paths = [...summary.keys()].sort();
  const total = (what: keyof ReturnType<typeof of>): Count => sum(paths.map((path) => of(path)[what]));

  const json = JSON.parse(read(cwd, 'coverage-summary.json')) as Record<string, never>;
  expect(Object.keys(json).sort()).toEqual([...paths, 'total']);
  for (const what of ['lines', 'branches', 'functions', 'statements'] as const) {
    expect(pair(json['total']![what]), what).toEqual(total(what));
    for (const path of paths) expect(pair(json[path]![what]), path).toEqual(of(path)[what]);
  }

  const records = lcov(read(cwd, 'lcov.info'));
  for (const path of paths) {
    const { statements: _, ...expected } = of(path);
    expect(records.get(relative(cwd, path)), path).toMatchObject(expected);
  }

  const clover = new Map(
    elements(read(cwd, 'clover.xml'), 'file').map((one) => [one.getAttribute('path')!, one]),
  );
  for (const path of paths) {
    const { lines, branches, functions } = of(path);
    const names = ['statements', 'conditionals', 'methods'].flatMap((name) => [`covered${name}`, name]);
    expect(attributes(children(clover.get(path)!, 'metrics')[0]!, names)).toEqual([
      ...lines,
      ...branches,
      ...functions,
    ]);
    expect(linesOf(clover.get(path)!, 'num', 'count')).toEqual(records.get(relative(cwd, path))!.hits);
  }

  const cobertura = read(cwd, 'cobertura-coverage.xml');
  const [root] = elements(cobertura, 'coverage') as [Element];
  expect(attributes(root, ['lines-covered', 'lines-valid', 'branches-covered', 'branches-valid'])).toEqual([
    ...total('lines'),
    ...total('branches'),
  ]);
  for (const one of elements(cobertura, 'class')) {
    const path = join(cwd, one.getAttribute('filename')!);
    const [all] = [...one.childNodes].filter(({ nodeName }) => nodeName === 'lines') as Element[];
    expect(linesOf(all!, 'number', 'hits'), path).toEqual(records.get(relative(cwd, path))!.hits);
    expect(children(one, 'method')).toHaveLength(of(path).functions[1]);
  }

  const percent = ([covered, all]: Count): number => Math.floor((10_000 * covered) / all) / 100;
  const [, ...cells] = /^All files +\|(.*)\|(.*)\|(.*)\|(.*)\|/m.exec(stdout)!;
  expect(cells.map(Number)).toEqual(
    (['statements', 'branches', 'functions', 'lines'] as const).map(total).map(percent),
  );
  for (const what of ['Statements', 'Branches', 'Functions', 'Lines'])
    expect(stdout).toMatch(
      new RegExp(`^${what} +: [\\d.]+% \\( ${total(what.toLowerCase() as 'lines').join('/')} \\)`, 'm'),
    );

  const sites = jsonLines<Line>(read(cwd, 'coverage.jsonl'));
  expect([...new Set(sites.map(({ file }) => file))].sort()).toEqual([...generated, ...paths].sort());
  const reached = sites.filter(({ hits }) => hits > 0).map(({ pc }) => pc);
  expect(read(cwd, 'pcs.txt').trimEnd().split('\n')).toEqual(reached.sort());
  for (const { file, line, hits } of sites) {
    const there = records.get(relative(cwd, file))?.hits[line];
    if (hits > 0 && there !== undefined) expect(there, `${file}:${line}`).toBeGreaterThan(0);
  }
}

const linesOf = (element: Element, line: string, hits: string): Record<string, number> =>
  Object.fromEntries(
    children(element, 'line').map((one) => [one.getAttribute(line)!, Number(one.getAttribute(hits))]),
  );

const TYPESCRIPT = `type Kind = 'digit' | 'other';

/** Shifted by what the compiler takes away. */
interface Token {
  kind: Kind;
  text: string;
}

export function tokens(text: string): Token[] {
  const found: Token[] = [];
  for (const c of text) {
    if (c >= '0' && c <= '9') found.push({ kind: 'digit', text: c });
    else if (c === '!') found.push(shout(c));
    else found.push({ kind: 'other', text: c });
  }
  return found;
}

const shout = (c: string): Token => ({ kind: 'other', text: c.toUpperCase() });

export function never(a: number, b = a > 2 ? 1 : 2): number {
  return a + b;
}
`;

/** A target whose library is TypeScript that was compiled ahead of time. */
function compiled(): string {
  const { outputText, sourceMapText } = ts.transpileModule(TYPESCRIPT, {
    fileName: 'lib.ts',
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, sourceMap: true },
  });
  return files({
    'target.cjs': `const { tokens } = require('./lib.js');\nexports.fuzz = (data) => void tokens(data.toString());\n`,
    'lib.ts': TYPESCRIPT,
    'lib.js': outputText,
    'lib.js.map': sourceMapText!,
    'corpus/a': '12x',
    'corpus/b': '',
    'corpus/c': '0',
  });
}

describe('all formats say the same', () => {
  test('of a package, and genhtml, nyc and xmllint take them', () => {
    const cwd = files({
      'target.mjs': `import json5 from 'json5';\nexport const fuzz = (data) => json5.parse(String(data));\n`,
    });
    mkdirSync(join(cwd, 'node_modules/json5'), { recursive: true });
    tool('cp', ['-r', join(ROOT, 'node_modules/json5'), join(cwd, 'node_modules')], cwd);
    const seeds = join(ROOT, 'corpus/json5/seeds');
    const { code, stdout, stderr } = report(['target.mjs', seeds, '-i', 'node_modules/json5/'], FORMATS, cwd);
    expect(code, stderr).toBe(0);
    expectAgreement(cwd, stdout);

    const { lines, functions } = JSON.parse(read(cwd, 'coverage-summary.json')).total as Record<
      string,
      never
    >;
    const printed = tool('genhtml', ['out/lcov.info', '-o', 'genhtml'], cwd);
    expect(printed).toContain(`(${pair(lines!).join(' of ')} lines)`);
    expect(printed).toContain(`(${pair(functions!).join(' of ')} functions)`);

    tool('xmllint', ['--noout', '--nonet', '--dtdvalid', DTD, 'out/cobertura-coverage.xml'], cwd);

    mkdirSync(join(cwd, '.nyc_output'));
    copyFileSync(join(cwd, 'out/coverage-final.json'), join(cwd, '.nyc_output/kcovjs.json'));
    const nyc = join(ROOT, 'node_modules/nyc/bin/nyc.js');
    tool(
      process.execPath,
      [nyc, 'report', '--reporter=json-summary', '--report-dir=nyc', '--exclude-node-modules=false'],
      cwd,
    );
    expect(JSON.parse(tool('cat', ['nyc/coverage-summary.json'], cwd)).total).toEqual(
      JSON.parse(read(cwd, 'coverage-summary.json')).total,
    );
  });

  test('of TypeScript through its map, and of that what istanbul says of the same inputs', async () => {
    const cwd = compiled();
    const { code, stdout, stderr } = report(['target.cjs', 'corpus'], FORMATS, cwd);
    expect(code, stderr).toBe(0);
    expectAgreement(cwd, stdout, [join(cwd, 'lib.js')]);

    const map = JSON.parse(read(cwd, 'coverage-final.json')) as CoverageMapData;
    const script = join(ROOT, 'test/report/istanbul-counters.mjs');
    const inputs = ['a', 'b', 'c'].map((name) => join(cwd, 'corpus', name));
    const counted = tool(
      process.execPath,
      [script, join(ROOT, 'dist'), join(cwd, 'target.cjs'), cwd, ...inputs],
      cwd,
    );
    const theirs = await sourceMaps
      .createSourceMapStore({})
      .transformCoverage(coverage.createCoverageMap(withMap(JSON.parse(counted) as CoverageMapData, cwd)));
    const lib = join(cwd, 'lib.ts');
    const mine = coverage.createCoverageMap(map).fileCoverageFor(lib).toJSON() as FileCoverageData;
    expect(mine).toMatchObject(plain(theirs.fileCoverageFor(lib).toJSON() as FileCoverageData));

    const functions = new Map<string, Line>();
    for (const one of jsonLines<Line>(read(cwd, 'coverage.jsonl')))
      if (one.file === lib && !functions.has(one.function)) functions.set(one.function, one);
    expect([...functions].map(([name, { hits }]) => [name, hits])).toEqual([
      ...[
        ['tokens', 3],
        ['shout', 0],
        ['never', 0],
      ],
    ]);
    const names = Object.entries(mine.fnMap).map(([id, { name }]) => [name, mine.f[id]]);
    expect(names).toEqual([
      ['tokens', 3],
      ['(anonymous_1)', 0],
      ['never', 0],
    ]);
  });
});

/** As istanbul's instrumenter leaves it where it is told of the map. */
function withMap(map: CoverageMapData, cwd: string): CoverageMapData {
  const path = join(cwd, 'lib.js');
  const inputSourceMap = JSON.parse(tool('cat', ['lib.js.map'], cwd)) as object;
  return { ...map, [path]: { ...(map[path] as object), inputSourceMap } } as CoverageMapData;
}

/** Without what only says how it was made. */
const plain = ({ s, f, b, statementMap, fnMap, branchMap }: FileCoverageData): object =>
  JSON.parse(JSON.stringify({ s, f, b, statementMap, fnMap, branchMap })) as object;

describe('pcs.txt', () => {
  test('is what kcovjs symbolize reads', () => {
    const cwd = compiled();
    report(['target.cjs', 'corpus'], ['pcs', 'jsonl'], cwd);
    kcovjs(['ksyms', 'target.cjs', '-o', 'k.elf'], { cwd });
    const { stdout } = kcovjs(['symbolize', '-e', 'k.elf'], { cwd, input: read(cwd, 'pcs.txt') });
    const places = jsonLines<Line>(read(cwd, 'coverage.jsonl'))
      .filter(({ hits }) => hits > 0)
      .sort((a, b) => (a.pc < b.pc ? -1 : 1))
      .map(({ pc, file, line, column }) => [pc, `${file}:${line}:${column}`]);
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((one) => [one.split(' ')[0], one.split(' ').at(-1)]),
    ).toEqual(places);
  });
});

const HOSTILE = [
  'plain.cjs',
  'with space.cjs',
  `quo"te's.cjs`,
  '<img src=x onerror=alert(1)>.cjs',
  '<b>&amp;&lt;.cjs',
  'ünïcödé-日本-😀.cjs',
  'a#b?c%41.cjs',
  '<script>/evil.cjs',
];
const BREAKING = ['line\nbreak.cjs', 'tab\tand\x1b[31mred.cjs'];

/** A target that loads files of these names. */
function hostile(names: readonly string[]): string {
  const code =
    'exports.run = (n) => {\n  if (n > 1) return 1; // \x01script\x02alert(1)\x01/script\x02\n  return 2;\n};\n';
  return files({
    ...Object.fromEntries(names.map((name) => [`lib/${name}`, code])),
    'target.cjs': `const all = ${JSON.stringify(names)}.map((name) => require('./lib/' + name));\nexports.fuzz = (data) => void all.forEach(({ run }) => run(data.length));\n`,
    'corpus/a': 'a',
  });
}

describe('names of files that are hostile', () => {
  const pathsOf = (cwd: string, names: readonly string[]): string[] =>
    [...names.map((name) => join(cwd, 'lib', name)), join(cwd, 'target.cjs')].sort();

  test('stand in each format as they are', () => {
    const names = [...HOSTILE, ...BREAKING];
    const cwd = hostile(names);
    const formats = ['cobertura', 'clover', 'json', 'json-summary', 'jsonl', 'pcs', 'text'];
    const { code, stderr, stdout } = report(['target.cjs', 'corpus'], formats, cwd);
    expect(code, stderr).toBe(0);
    const paths = pathsOf(cwd, names);
    const sorted = (list: Iterable<string>): string[] => [...new Set(list)].sort();
    expect(Object.keys(JSON.parse(read(cwd, 'coverage-final.json'))).sort()).toEqual(paths);
    expect(sorted(Object.keys(JSON.parse(read(cwd, 'coverage-summary.json'))))).toEqual([...paths, 'total']);
    expect(sorted(jsonLines<Line>(read(cwd, 'coverage.jsonl')).map(({ file }) => file))).toEqual(paths);
    // XML has no way to write an escape character.
    const written = paths.map((path) => path.replace('\x1b', '')).sort();
    const filenames = elements(read(cwd, 'cobertura-coverage.xml'), 'class').map(
      (one) => one.getAttribute('filename')!,
    );
    expect(sorted(filenames.map((name) => join(cwd, name)))).toEqual(written);
    expect(sorted(elements(read(cwd, 'clover.xml'), 'file').map((one) => one.getAttribute('path')!))).toEqual(
      written,
    );
    tool('xmllint', ['--noout', '--nonet', 'out/clover.xml'], cwd);
    tool('xmllint', ['--noout', '--nonet', '--dtdvalid', DTD, 'out/cobertura-coverage.xml'], cwd);
    expect(stdout).not.toContain('\x1b[31m');
    expect(stdout).toContain('line break.cjs');
    // The frontier, which is below the table, names files too.
    const [table] = stdout.split('\nFrontier: ');
    expect(table!.split('\n').filter((line) => line.includes('break.cjs'))).toHaveLength(1);
  });

  test('are read by genhtml, and do nothing in the pages of istanbul', () => {
    const cwd = hostile(HOSTILE);
    const { code, stderr } = report(['target.cjs', 'corpus'], ['lcov', 'html-spa'], cwd);
    expect(code, stderr).toBe(0);
    expect([...lcov(read(cwd, 'lcov.info')).keys()].map((name) => join(cwd, name)).sort()).toEqual(
      pathsOf(cwd, HOSTILE),
    );
    const printed = tool('genhtml', ['out/lcov.info', '-o', 'genhtml'], cwd);
    expect(printed).toMatch(/Processing file .*ünïcödé-日本-😀\.cjs/);
    const pages = tool('find', ['out', '-name', '*.html'], cwd).trimEnd().split('\n');
    expect(pages.filter((page) => page.includes('lcov-report'))).toHaveLength(HOSTILE.length + 5);
    for (const page of pages) {
      const html = tool('cat', [page], cwd);
      expect(html, page).not.toMatch(/<img|<b>|alert\(1\)<\/script>|<script>alert|<script>\//);
    }
  });

  test('and that lcov has no way to write are refused in one line, with nothing written', () => {
    const cwd = hostile(['fine.cjs', ...BREAKING]);
    const { code, stderr } = report(['target.cjs', 'corpus'], ['json', 'lcov'], cwd);
    expect(code).toBe(2);
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(
      /^kcovjs: ".*line\\nbreak\.cjs": lcov cannot name a file with a line break; leave it out with -e, or lcov with --format$/,
    );
    expect(tool('ls', ['-A', 'out'], cwd)).toBe('');
  });
});

test('a file takes the place of the one before it, and what else is in the folder stays', () => {
  const cwd = compiled();
  mkdirSync(join(cwd, 'out/lcov-report/old'), { recursive: true });
  for (const name of ['lcov.info', 'mine.txt', 'lcov-report/old/page.html'])
    writeFileSync(join(cwd, 'out', name), 'old');
  expect(report(['target.cjs', 'corpus'], ['lcov'], cwd).code).toBe(0);
  expect(lcov(read(cwd, 'lcov.info')).size).toBe(2);
  expect(read(cwd, 'mine.txt')).toBe('old');
  expect(tool('ls', ['-A', 'out'], cwd).trimEnd().split('\n').sort()).toEqual([
    'lcov-report',
    'lcov.info',
    'mine.txt',
  ]);
  expect(tool('ls', ['-A', 'out/lcov-report'], cwd)).not.toMatch(/^old$/m);
});
