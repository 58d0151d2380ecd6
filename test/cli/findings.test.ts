import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { recordOf, writeFinding } from '../../harness/findings/record.ts';
import { finding, HOSTILE } from '../screen/states.ts';
import { emptyFolder, kcovjs } from './kcovjs.ts';

/** A folder in which a campaign has found so many things. */
function found(titles: readonly string[]): string {
  const cwd = emptyFolder();
  mkdirSync(join(cwd, 'corpus.kcovjs/findings'), { recursive: true });
  titles.forEach((title, i) => {
    const folder = join(cwd, 'corpus.kcovjs/findings', `f${i}`);
    mkdirSync(folder);
    writeFinding(folder, recordOf(finding(i + 1, { title, reproduced: 10 - i }), ['input-1']));
  });
  return cwd;
}

describe('kcovjs findings', () => {
  test('lists what was found, with the command that runs it again', () => {
    const { code, stdout, stderr } = kcovjs(['findings', 'corpus/'], {
      cwd: found(['Error: one', 'Error: two']),
    });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.trimEnd().split('\n')).toEqual([
      '2 findings in corpus.kcovjs/findings',
      '    1.  error Error: one (3 times, reproduced 10/10) in corpus.kcovjs/findings/f0',
      expect.stringMatching(/^ {8}npx kcovjs replay/),
      '    2.  error Error: two (6 times, reproduced 9/10) in corpus.kcovjs/findings/f1',
      expect.stringMatching(/^ {8}npx kcovjs replay/),
    ]);
  });

  test('--json gives an object a line and finding', () => {
    const { code, stdout } = kcovjs(['findings', 'corpus', '--json'], { cwd: found(HOSTILE) });
    expect(code).toBe(0);
    const records = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(records.map(({ title }) => title)).toEqual(HOSTILE);
    expect(Object.keys(records[0]).slice(0, 5)).toEqual(['title', 'kind', 'file', 'count', 'reproduced']);
    expect(records[1]).toMatchObject({
      kind: 'error',
      file: 'corpus.kcovjs/findings/f1/input',
      count: 6,
      reproduced: 9,
    });
  });

  test('shows hostile titles harmlessly', () => {
    const { stdout } = kcovjs(['findings', 'corpus'], { cwd: found(HOSTILE) });
    expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  test('of a campaign that has found nothing says so', () => {
    const { code, stdout, stderr } = kcovjs(['findings', 'corpus'], { cwd: found([]) });
    expect([code, stdout, stderr]).toEqual([0, 'no findings in corpus.kcovjs/findings\n', '']);
    expect(kcovjs(['findings', 'corpus', '--json'], { cwd: found([]) })).toMatchObject({
      code: 0,
      stdout: '',
    });
  });

  test('where no campaign has run is a mistake', () => {
    const { code, stdout, stderr } = kcovjs(['findings', 'corpus']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      /^kcovjs: corpus: no campaign has run here \(there is no folder corpus\.kcovjs\); .*\n$/,
    );
  });

  test('tells of a broken one, and lists the others', () => {
    const cwd = found(['Error: one', 'Error: two']);
    writeFileSync(join(cwd, 'corpus.kcovjs/findings/f0/finding.json'), '{');
    const { code, stdout, stderr } = kcovjs(['findings', 'corpus', '--json'], { cwd });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ title: 'Error: two' });
    expect(stderr).toMatch(/^kcovjs: corpus\.kcovjs\/findings\/f0\/finding\.json: is no JSON: .*\n$/);
  });
});
