import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { beforeAll, describe, expect, test } from 'vitest';
import { kcovjs, ROOT } from '../cli/kcovjs.ts';
import { project } from './project.ts';
import { type Ran, run } from './user.ts';

const PAGE = readFileSync(join(ROOT, 'docs/vitest.md'), 'utf8');

const fences = (language: string): string[] =>
  [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, code]) => code!);

/** What snippets are about, and what each would import. */
const SUBJECTS = `
export const parse = (text: string): number[] => (text.match(/\\d+/g) ?? []).map(Number);
export const print = (list: number[]): string => '[' + list.join() + ']';
export const join = (list: number[], _: string): string => JSON.stringify(list);
export const split = (text: string, _: string): number[] => JSON.parse(text) as number[];
export const resize = (bytes: number[], smooth: boolean): number => (smooth ? bytes.length : 0);
export const readLater = (data: Buffer, done: () => void): void => void setImmediate(() => done());
`;
const PRELUDE: readonly [needs: RegExp, line: string][] = [
  [/\bfuzz\b/, `import { fuzz } from 'kcovjs/vitest';`],
  [/\bexpect\b/, `import { expect } from 'vitest';`],
  [/\bbase\b/, `import { test as base } from 'vitest';`],
  [/\bparse\b/, `import { parse } from './parser.ts';`],
  [/\bjoin\b/, `import { join, split } from './parser.ts';`],
  [/\bresize\b/, `import { resize } from './parser.ts';`],
  [/\breadLater\b/, `import { readLater } from './parser.ts';`],
];

/** The file that a snippet says it is. */
const nameOf = (snippet: string, i: number): string =>
  /^\/\/ (\S+)\n/.exec(snippet)?.[1] ?? `src/snippet-${i}.test.ts`;

/** A snippet as a file, with the imports that it leaves to the reader. */
function whole(snippet: string): string {
  const imported = [...snippet.matchAll(/^import (.*) from/gm)].map(([, names]) => names).join();
  const missing = PRELUDE.filter(([needs]) => needs.test(snippet) && !needs.test(imported));
  return [...missing.map(([, line]) => line), snippet].join('\n');
}

describe('every snippet of docs/vitest.md', () => {
  let folder: string;
  const snippets = fences('ts');

  beforeAll(() => {
    folder = project({
      'package.json': '{ "type": "module" }',
      'tsconfig.json': readFileSync(join(ROOT, 'docs/examples/vitest/tsconfig.json'), 'utf8'),
      'src/parser.ts': SUBJECTS,
      ...Object.fromEntries(snippets.map((code, i) => [nameOf(code, i), whole(code)])),
    });
  });

  test('has right types', async () => {
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const types = ['--typeRoots', join(ROOT, 'node_modules/@types')];
    expect(await run(folder, process.execPath, tsc, '-p', folder, ...types)).toEqual({ code: 0, output: '' });
  });

  test('runs', async () => {
    const ran: Ran = await run(folder, process.execPath, 'node_modules/vitest/vitest.mjs', 'run');
    const tests = snippets.filter((code, i) => nameOf(code, i).endsWith('.test.ts')).length;
    expect(ran.output).toMatch(new RegExp(`Test Files +${tests} passed \\(${tests}\\)`));
    expect(ran.code).toBe(0);
  });
});

test('every option stands in the table, and none that there is not', () => {
  const code = readFileSync(join(ROOT, 'harness/vitest/options.ts'), 'utf8');
  const body = /interface FuzzOptions [^{]*\{(.*?)^\}/ms.exec(code)![1]!;
  const options = [...body.matchAll(/^ {2}(\w+)\?:/gm)].map(([, name]) => name);
  const table = PAGE.slice(PAGE.indexOf('| option |'), PAGE.indexOf('`timeout` is the limit'));
  const rows = [...table.matchAll(/^\| (`.*?`) \|/gm)].flatMap(([, names]) => names!.match(/\w+/g)!);
  expect(rows).toEqual(options);
});

test('targets are named as other commands take them', () => {
  const folder = project({});
  cpSync(join(ROOT, 'docs/examples/vitest'), folder, { recursive: true });
  const names = new Set(PAGE.match(/(?<=npx kcovjs \w+ ')[^']+#[^']+/g));
  expect([...names]).toEqual(['test/bencode.test.ts#decode > takes any input']);
  const seeds = 'test/corpus/bencode/decode/takes-any-input/seeds';
  const { code, stdout } = kcovjs(['replay', [...names][0]!, seeds, '--json'], { cwd: folder });
  expect(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).outcome),
  ).toEqual(['ok', 'ok']);
  expect(code).toBe(0);
});

test('in continuous integration, the cache is restored behind what empties node_modules', () => {
  const { jobs } = load(fences('yaml')[0]!) as {
    jobs: { fuzz: { steps: { run?: string; uses?: string }[] } };
  };
  const steps = jobs.fuzz.steps.map(({ run, uses }) => run ?? uses!.split('@')[0]!);
  expect(steps.indexOf('npm ci')).toBeLessThan(steps.indexOf('actions/cache/restore'));
  expect(steps.indexOf('actions/cache/restore')).toBeLessThan(steps.indexOf('npx vitest run'));
});
