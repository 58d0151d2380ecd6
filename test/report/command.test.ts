import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readHistory } from '../../harness/findings/history.ts';
import { emptyFolder, kcovjs, ROOT } from '../cli/kcovjs.ts';
import { Running } from '../cli/running.ts';
import { files } from './corpora.ts';
import { jsonLines, lcov, read, report, tool } from './reports.ts';

const LETTERS = join(ROOT, 'test/fixtures/campaign/letters.mjs');

describe('a report of the corpus of a campaign', () => {
  test('runs the inputs of its findings too, which count nowhere, and finds its history', async () => {
    const cwd = emptyFolder();
    const corpus = join(cwd, 'corpus');
    mkdirSync(corpus);
    writeFileSync(join(corpus, 'seed'), 'wor');
    const campaign = ['fuzz', LETTERS, 'corpus', '--workers', '1', '--keep-going'];
    const first = new Running(campaign, cwd);
    await first.until('a point of the history', () =>
      readHistory(corpus).some(({ points }) => points.length > 1),
    );
    await first.until('a finding', () =>
      readdirSync(join(cwd, 'corpus.kcovjs/findings')).some((name) => !name.startsWith('.')),
    );
    first.child.kill('SIGKILL');
    await first.end();
    kcovjs([...campaign, '--', '-runs=1000'], { cwd });
    const history = readHistory(corpus);
    expect(history).toHaveLength(2);
    for (const { points } of history) {
      expect(points.at(-1)!.covered).toBeGreaterThan(0);
      expect(points.at(-1)!.sites).toBeGreaterThanOrEqual(points.at(-1)!.covered);
      expect(points.map(({ executions }) => executions)).toEqual(
        points.map(({ executions }) => executions).sort((a, b) => a - b),
      );
    }

    const alone = emptyFolder();
    const inputs = readdirSync(corpus).map((name) => join(corpus, name));
    const formats = ['json', 'jsonl'];
    const { code, stderr } = report([LETTERS, 'corpus'], formats, cwd);
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(new RegExp(`^${inputs.length} inputs, \\d+ of which end in an error$`, 'm'));
    report([LETTERS, ...inputs], formats, alone);
    for (const name of ['coverage-final.json', 'coverage.jsonl'])
      expect(read(cwd, name)).toBe(read(alone, name));
  });
});

describe('kcovjs report', () => {
  const TARGET = `exports.fuzz = (data) => {
  if (data.length === 1) for (;;);
  return data.length;
};
`;

  test('goes on where an input never ends, says so in a line, and counts the others', () => {
    const cwd = files({ 'target.cjs': TARGET, 'corpus/a': 'a', 'corpus/b': 'bb', 'corpus/c': 'cc' });
    const { code, stderr } = report(['target.cjs', 'corpus', '--timeout', '500'], ['lcovonly'], cwd);
    expect(code).toBe(0);
    expect(stderr).toContain('3 inputs, 1 of which end in an error\n');
    expect(stderr).toContain(
      'kcovjs: corpus/a: the end of its process; what it reaches is not in the numbers\n',
    );
    expect(stderr).not.toContain('\r');
    expect(lcov(read(cwd, 'lcov.info')).get('target.cjs')?.hits).toEqual({ 1: 1, 2: 2, 3: 2 });
  });

  test('writes on a terminal how far it is, over one line, and nothing of it stays', () => {
    const corpus = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`corpus/i${i}`, `input ${i}`]));
    const cwd = files({
      'target.cjs':
        'exports.fuzz = () => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);',
      ...corpus,
    });
    const args = ['report', 'target.cjs', 'corpus', '--format', 'pcs', '-o', 'out'];
    const command = [process.execPath, join(ROOT, 'dist/harness/cli/main.js'), ...args].join(' ');
    const screen = tool('script', ['-qec', command, '/dev/null'], cwd);
    expect(screen.split('\r').filter((line) => /^\d+ of 40 inputs executed/.test(line))).not.toHaveLength(0);
    expect(screen).toContain('\r\x1b[K40 inputs, 0 of which end in an error');
  });

  test('refuses a target that loads nothing that is instrumented, in one line', () => {
    const cwd = files({ 'target.cjs': TARGET, 'corpus/b': 'bb' });
    const { code, stderr } = report(['target.cjs', 'corpus', '-i', 'elsewhere/'], ['json'], cwd);
    expect(code).toBe(2);
    expect(stderr).toBe('kcovjs: target.cjs: no file that it loads is instrumented; say which are with -i\n');
    expect(readdirSync(join(cwd, 'out'))).toEqual([]);
  });

  test('names a file that has changed since it was loaded, and leaves it out', () => {
    const cwd = files({
      'target.cjs': `require('node:fs').appendFileSync(__dirname + '/lib.cjs', '// more');\nexports.fuzz = () => {};\n`,
      'lib.cjs': 'exports.a = () => {};\n',
      'all.cjs': `require('./lib.cjs');\nObject.assign(exports, require('./target.cjs'));\n`,
      'corpus/b': 'bb',
    });
    const { code, stderr } = report(['all.cjs', 'corpus'], ['jsonl'], cwd);
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^kcovjs: .*\/lib\.cjs has changed since it was loaded; it is not in the report$/m,
    );
    const reported = jsonLines<{ file: string }>(read(cwd, 'coverage.jsonl')).map(({ file }) => file);
    expect([...new Set(reported)].sort()).toEqual([join(cwd, 'all.cjs'), join(cwd, 'target.cjs')]);
  });
});
