import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Comparison } from '../../harness/report/compare/compare.ts';
import { emptyFolder, kcovjs } from './kcovjs.ts';

const PARSER = [
  'export function parse(text: string): number {', // 1
  "  if (text.startsWith('a')) {", // 2
  '    const length = text.length;', // 3
  '    return length;', // 4
  '  }', // 5
  "  if (text === 'bee') return 2;", // 6
  '  return 0;', // 7
  '}', // 8
];
const HELPER = ['function help(x: number): number {', '  if (x > 1) return x;', '  return -x;', '}', ''];
const TARGET =
  "import { parse } from './parser.ts';\nexport const fuzz = (data) => void parse(String(data));\n";
const INPUTS = { alpha: 'abc', bee: 'bee', none: '' };

/** A package with a parser, and corpora by their names. */
function project(
  parser: readonly string[],
  corpora: Record<string, readonly (keyof typeof INPUTS)[]>,
): string {
  const cwd = emptyFolder();
  writeFileSync(join(cwd, 'package.json'), '{"type":"module"}');
  writeFileSync(join(cwd, 'parser.ts'), parser.join('\n'));
  writeFileSync(join(cwd, 'fuzz.mjs'), TARGET);
  for (const [name, inputs] of Object.entries(corpora)) {
    mkdirSync(join(cwd, name));
    for (const input of inputs) writeFileSync(join(cwd, name, input), INPUTS[input]);
  }
  return cwd;
}

const PART = ['-i', 'parser.ts', '--workers', '1', '--disable-bug-detectors', '.*'];
const record = (cwd: string, corpus: string, out: string) =>
  kcovjs(['report', 'fuzz.mjs', corpus, ...PART, '--format', 'record', '-o', out], { cwd });
const compareJson = (...args: [words: string[], cwd: string]): { code: number | null; found: Comparison } => {
  const { code, stdout, stderr } = kcovjs(['report', ...args[0], '--compare', '--json'], { cwd: args[1] });
  expect(stdout.trimEnd().split('\n'), stderr).toHaveLength(1);
  return { code, found: JSON.parse(stdout) as Comparison };
};

describe('two corpora, of which one lacks an input', () => {
  let cwd: string;
  beforeAll(() => {
    cwd = project(PARSER, { all: ['alpha', 'bee', 'none'], less: ['bee', 'none'] });
    for (const corpus of ['all', 'less'])
      expect(record(cwd, corpus, `${corpus}-report`)).toMatchObject({ code: 0 });
  });

  test('differ in exactly the lines that only it reached, and it is named', () => {
    const { code, found } = compareJson(['fuzz.mjs', 'all', 'less', ...PART], cwd);
    expect(code).toBe(77);
    expect(found.fell).toBe(true);
    const inputs = [{ name: 'all/alpha', size: 3, inOther: false }];
    expect(found.files).toEqual([
      {
        path: 'parser.ts',
        gained: [],
        lost: [{ start: 3, end: 4, lines: 2, inputs }],
        newCovered: [],
        newUncovered: [],
        removed: { lines: 0, covered: 0 },
        functions: { gained: [], lost: [] },
        branches: { gained: [], lost: [{ type: 'if', line: 2, column: 3, arm: 0 }] },
      },
    ]);
    const turned = compareJson(['less-report', 'all-report'], cwd);
    expect({ code: turned.code, fell: turned.found.fell }).toEqual({ code: 0, fell: false });
    expect(turned.found.files[0]!.gained).toEqual(found.files[0]!.lost);
  });

  test('as text, for people', () => {
    const { stdout } = kcovjs(['report', '--compare', 'all-report', 'less-report'], { cwd });
    expect(stdout).toBe(
      [
        'coverage fell',
        '  2 lines lost, 0 gained',
        '  lines     5/5 (100.0 %) → 3/5 (60.0 %)',
        '  functions 1/1 (100.0 %) → 1/1 (100.0 %)',
        '  branches  4/4 (100.0 %) → 3/4 (75.0 %)',
        '',
        'parser.ts',
        '  lost    lines 3-4, 2 with code: all/alpha (3 bytes, gone from the corpus)',
        '  lost    branch 1 of if, line 2:3',
        '',
      ].join('\n'),
    );
  });
});

describe('two revisions', () => {
  let cwd: string;
  beforeAll(() => {
    cwd = project(PARSER, { corpus: ['alpha', 'bee'] });
    expect(record(cwd, 'corpus', 'old')).toMatchObject({ code: 0 });
  });
  /** The report of another revision, in another folder. */
  const revision = (parser: readonly string[], inputs: (keyof typeof INPUTS)[]): string => {
    const other = project(parser, { corpus: inputs });
    expect(record(other, 'corpus', 'new')).toMatchObject({ code: 0 });
    cpSync(join(cwd, 'old'), join(other, 'old'), { recursive: true });
    return other;
  };

  test('of the same code with the same inputs: no difference', () => {
    const other = revision(PARSER, ['alpha', 'bee']);
    expect(kcovjs(['report', '--compare', 'old', 'new/record.json.gz'], { cwd: other })).toMatchObject({
      code: 0,
      stdout: 'no difference\n',
      stderr: '',
    });
  });

  test('a line that was moved by an inserted block is not lost; the block is new', () => {
    const other = revision([...HELPER, ...PARSER], ['alpha', 'bee']);
    const { code, found } = compareJson(['old', 'new'], other);
    expect(code).toBe(0);
    expect(found.files).toMatchObject([
      { path: 'parser.ts', gained: [], lost: [], newCovered: [], newUncovered: [{ start: 2, end: 3 }] },
    ]);
  });

  test('an input that no longer gets there is told from one that is gone, and one that is new from one that was there', () => {
    const edited = PARSER.map((line) => line.replace("'bee'", "'be'"));
    const { code, found } = compareJson(['old', 'new'], revision(edited, ['bee', 'none']));
    expect(code).toBe(77);
    expect(found.files[0]!.lost).toEqual([
      { start: 3, end: 4, lines: 2, inputs: [{ name: 'corpus/alpha', size: 3, inOther: false }] },
    ]);
    expect(found.files[0]!.gained).toEqual([
      {
        start: 7,
        end: 7,
        lines: 1,
        inputs: [
          { name: 'corpus/none', size: 0, inOther: false },
          { name: 'corpus/bee', size: 3, inOther: true },
        ],
      },
    ]);
  });
});

describe('a mistake is one line', () => {
  test.each([
    ['one side alone', ['report', '--compare', 'a', 'b', 'c', 'd'], '--compare: takes two reports'],
    ['no record', ['report', '--compare', 'a', 'b'], 'a: no such record; kcovjs report --format record'],
    ['no corpus', ['report', 'none.mjs', '--compare', 'a', 'b'], 'none.mjs: '],
    ['--json alone', ['report', 'none.mjs', 'a', '--json'], '--json: goes with --compare'],
  ])('%s', (_, args, message) => {
    const { code, stdout, stderr, cwd } = kcovjs(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(existsSync(join(cwd, 'kcov-report'))).toBe(false);
  });
});
