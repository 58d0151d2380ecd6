import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { emptyFolder, MAIN } from './kcovjs.ts';

const cwd = emptyFolder();
const PARSER = [
  'export function parse(text: string): number {',
  "  if (text === 'abc-magic') return 1;",
  '  return 0;',
  '}',
];

beforeAll(() => {
  writeFileSync(join(cwd, 'parser.ts'), PARSER.join('\n'));
  writeFileSync(
    join(cwd, 'fuzz.mjs'),
    "import { parse } from './parser.ts';\nexport const fuzz = (data) => void parse(String(data));\n",
  );
  mkdirSync(join(cwd, 'corpus'));
  writeFileSync(join(cwd, 'corpus/near'), 'abc-mogic');
});

function report(env: Record<string, string>, ...more: string[]): string {
  const light = ['-i', 'parser.ts', '--workers', '1', '--disable-bug-detectors', '.*'];
  const args = [MAIN, 'report', 'fuzz.mjs', 'corpus', ...light, '--format', 'text', ...more];
  const options = { cwd, encoding: 'utf8', env: { ...process.env, ...env } } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, args, options);
  expect(status, stderr).toBe(0);
  return stdout;
}

test("below istanbul's table stands what blocks the fuzzer, in its code, with the closest operands", () => {
  const text = report({});
  expect(text).toMatch(/^ parser\.ts +\| +66\.66 \| +50 \| +100 \| +100 \| 2/m);
  expect(text).toContain(
    [
      '',
      'Frontier: came to, and never entered',
      '',
      '1. the condition never held in parse  parser.ts:2:7',
      '   came here 1 time, 1 PC behind it',
      '   closest: "abc-magic" and "abc-mogic" by corpus/near',
      `     1 | ${PARSER[0]}`,
      `   > 2 | ${PARSER[1]}`,
      '       |       ^',
      `     3 | ${PARSER[2]}`,
      `     4 | ${PARSER[3]}`,
      '',
    ].join('\n'),
  );
  expect(text).not.toContain('\x1b');
});

test('colours are for those who want them, in the table too', () => {
  const colored = report({ FORCE_COLOR: '1' });
  expect(colored).toContain('\x1b[32;1m');
  expect(colored).toContain('\x1b[1mFrontier\x1b[22m');
  expect(report({ FORCE_COLOR: '1' }, '--no-color')).not.toContain('\x1b');
  expect(report({ FORCE_COLOR: '1', NO_COLOR: '1' })).not.toContain('\x1b');
});
