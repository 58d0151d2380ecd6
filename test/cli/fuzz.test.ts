import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { emptyFolder, kcovjs, TARGETS } from './kcovjs.ts';

const target = (name: string): string => join(TARGETS, name);
const crashes = (cwd: string): string[] => readdirSync(cwd).filter((name) => name.startsWith('crash-'));

describe('targets of every kind are fuzzed until they fail', () => {
  test.each([
    ['sync.cjs', 'RangeError: found it', 'FUZ'],
    ['promise.mjs', 'RangeError: found it later', 'F'],
    ['sometimes-promise.mjs', 'RangeError: found it later', 'F'],
    ['callback.cjs', 'RangeError: found it by callback', 'F'],
    ['default-export.ts', 'Error: cafe', '\xfe\xca'],
    ['jazzer.cjs', 'Error: opened', 'open sesame'],
  ])('%s', (name, error, start) => {
    const { code, stderr, cwd } = kcovjs([
      'fuzz',
      target(name),
      'corpus',
      '--',
      '-max_total_time=60',
      '-seed=1',
    ]);
    expect(stderr).toMatch(new RegExp(`^==\\d+== Uncaught Exception: Jazzer.js: ${error}$`, 'm'));
    expect(stderr).toMatch(/Test unit written to \.\/crash-[0-9a-f]{40}$/m);
    expect(code).toBe(77);
    expect(crashes(cwd)).toHaveLength(1);
    expect(readFileSync(join(cwd, crashes(cwd)[0]!), 'latin1').startsWith(start)).toBe(true);
    expect(existsSync(join(cwd, 'corpus'))).toBe(true);
  });

  test('what replay says of the finding is what fuzz said', () => {
    const { cwd } = kcovjs(['fuzz', target('sync.cjs'), '--', '-max_total_time=60', '-seed=1']);
    const { code, stdout } = kcovjs(['replay', target('sync.cjs'), crashes(cwd)[0]!], { cwd });
    expect(code).toBe(77);
    expect(stdout).toMatch(
      /\(3 bytes\): RangeError: found it\n {4}at (module\.)?exports\.fuzz \(.*sync\.cjs:2:/,
    );
    expect(stdout).toMatch(/0xffffffff[0-9a-f]{8} module\.exports\.fuzz\+0x[0-9a-f]+ .*\/sync\.cjs:2:/);
  });
});

describe("libFuzzer's flags", () => {
  test('-runs ends with 0 and its usual lines', () => {
    const { code, stderr } = kcovjs(['fuzz', target('no-finding.cjs'), '--', '-runs=1000']);
    expect(stderr).toMatch(/^#\d+\s+DONE/m);
    expect(stderr).toMatch(/^Done 1\d{3} runs in \d+ second\(s\)$/m);
    expect(code).toBe(0);
  });
  test('-timeout is the one that was asked for, and a timeout is a finding', () => {
    const cwd = emptyFolder();
    mkdirSync(join(cwd, 'corpus'));
    writeFileSync(join(cwd, 'corpus/hangs'), 'FF');
    const { code, stderr } = kcovjs(
      ['fuzz', target('endless.cjs'), 'corpus', '--', '-timeout=1', '-runs=0'],
      { cwd },
    );
    expect(stderr).toMatch(/libFuzzer: timeout after [12] seconds/);
    expect(code).toBe(77);
  });
  test('-artifact_prefix and -dict', () => {
    const cwd = emptyFolder();
    mkdirSync(join(cwd, 'found'));
    writeFileSync(join(cwd, 'words.dict'), '"FUZ"\n');
    const { code } = kcovjs(
      ['fuzz', target('sync.cjs'), '--', '-artifact_prefix=found/', '-dict=words.dict', '-max_total_time=60'],
      { cwd },
    );
    expect(code).toBe(77);
    expect(crashes(join(cwd, 'found'))).toHaveLength(1);
  });
  test('files instead of folders are run once each', () => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, 'one'), 'FUZ');
    expect(kcovjs(['fuzz', target('sync.cjs'), 'one'], { cwd }).code).toBe(77);
  });
});

describe('flags by which libFuzzer starts further processes', () => {
  test('-merge=1 keeps what adds coverage', () => {
    const cwd = emptyFolder();
    mkdirSync(join(cwd, 'all'));
    for (const text of ['(', '((', '(((', '((((', ')', 'x', 'y', 'z'])
      writeFileSync(join(cwd, 'all', text), text);
    const { code, stderr } = kcovjs(['fuzz', target('no-finding.cjs'), 'kept', 'all', '--', '-merge=1'], {
      cwd,
    });
    expect(stderr).toMatch(/MERGE-OUTER: successful/);
    expect(code).toBe(0);
    const kept = readdirSync(join(cwd, 'kept')).length;
    expect(kept).toBeGreaterThan(1);
    expect(kept).toBeLessThan(8);
  });
  test('-minimize_crash=1 makes an input smaller that still fails', () => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, 'big'), `F${'x'.repeat(4)}`);
    kcovjs(
      [
        'fuzz',
        target('promise.mjs'),
        'big',
        '--',
        '-minimize_crash=1',
        '-runs=600',
        '-exact_artifact_path=small',
      ],
      { cwd },
    );
    const small = readFileSync(join(cwd, 'small'), 'latin1');
    expect(small.startsWith('F')).toBe(true);
    expect(small.length).toBeLessThan(5);
  });
});

describe('bug detectors and hooks of Jazzer.js', () => {
  const args = ['-max_total_time=60', '-runs=200000', '-seed=3'];
  test('command injection is found', () => {
    const { code, stderr } = kcovjs(['fuzz', target('injection.cjs'), '--', ...args]);
    expect(stderr).toMatch(/Uncaught Exception: Jazzer\.js: Command Injection/);
    expect(code).toBe(77);
  });
  test('and is not where the detector is switched off', () => {
    const { code, stderr } = kcovjs([
      'fuzz',
      target('injection.cjs'),
      '--disableBugDetectors',
      'command.*',
      '--',
      '-runs=500',
    ]);
    expect(stderr).toMatch(/Skip loading bug detector "command-injection"/);
    expect(code).toBe(0);
  });
  test('custom hooks replace functions of the code under test', () => {
    const { code, stderr } = kcovjs([
      'fuzz',
      target('hooked.cjs'),
      '-h',
      target('hooks.cjs'),
      '--',
      '-runs=100',
    ]);
    expect(stderr).toMatch(/Jazzer\.js: Error: the hook ran/);
    expect(code).toBe(77);
    expect(kcovjs(['fuzz', target('hooked.cjs'), '--', '-runs=100']).code).toBe(0);
  });
  test('an expected error is no finding', () => {
    expect(
      kcovjs(['fuzz', target('sync.cjs'), '-x', 'RangeError', '--', '-max_total_time=60', '-seed=1']).code,
    ).toBe(0);
  });
});

describe('which code is traced', () => {
  test('nothing: a warning says so', () => {
    const { stderr } = kcovjs(['fuzz', target('sync.cjs'), '-i', '/elsewhere/', '--', '-runs=10']);
    expect(stderr).toMatch(
      /^kcovjs: WARNING: no file that the target loads is instrumented; say which are with -i$/m,
    );
  });
  test('a run that does not fit the buffer is counted', () => {
    const { stderr } = kcovjs(['fuzz', target('long.cjs'), '--', '-runs=3']);
    expect(stderr).toMatch(/^kcovjs: the buffer was full in \d of \d runs/m);
  });
});

test('the corpus folder is made, and resumed', () => {
  const first = kcovjs(['fuzz', target('no-finding.cjs'), 'a/b/corpus', '--', '-runs=20000', '-seed=1']);
  const inputs = readdirSync(join(first.cwd, 'a/b/corpus')).length;
  expect(inputs).toBeGreaterThan(2);
  const second = kcovjs(['fuzz', target('no-finding.cjs'), 'a/b/corpus', '--', '-runs=0'], {
    cwd: first.cwd,
  });
  expect(second.stderr).toMatch(new RegExp(`${inputs} files found in a/b/corpus`));
  expect(existsSync(join(first.cwd, 'crash-'))).toBe(false);
});
