import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { emptyFolder, kcovjs, MAIN, type Ran, withoutProgress } from './kcovjs.ts';

/** A branch of its own for each of these letters; `!` fails, `K` kills the process. */
const TARGET = `
const seen = [];
function visit(char) {
  switch (char) {
    case 'a': return seen.push('first');
    case 'b': return seen.push('second');
    case 'c': return seen.push('third');
    case 'd': return seen.push('fourth');
    case 'e': return seen.push('fifth');
    case '!': throw new RangeError('no such letter');
    case 'K': process.kill(process.pid, 'SIGKILL');
  }
}
module.exports.fuzz = (data) => {
  seen.length = 0;
  for (const char of data.toString('latin1')) visit(char);
};
`;

const sha1 = (data: Buffer | string): string => createHash('sha1').update(data).digest('hex');

function put(folder: string, files: Record<string, string | Uint8Array>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

function withTarget(files: Record<string, string | Uint8Array>): string {
  const cwd = emptyFolder();
  put(cwd, { 'target.cjs': TARGET, ...files });
  return cwd;
}

function merged(cwd: string, ...args: string[]): Ran {
  const ran = kcovjs(['merge', 'target.cjs', ...args], { cwd });
  return { ...ran, stderr: withoutProgress(ran.stderr) };
}

/** Contents of a corpus, each of which stands under its hash. */
function corpus(folder: string): string[] {
  return readdirSync(folder)
    .map((name) => {
      const data = readFileSync(join(folder, name));
      expect(name).toBe(sha1(data));
      return data.toString('latin1');
    })
    .sort();
}

test('corpora of libFuzzer, AFL++ and OSS-Fuzz become one small corpus', () => {
  const cwd = withTarget({
    'libfuzzer/one': 'ab',
    'libfuzzer/two': 'a'.repeat(500),
    'afl/default/fuzzer_stats': 'x',
    'afl/default/queue/id:000000,time:0,execs:0,orig:seed': 'c',
    'afl/default/crashes/README.txt': 'e',
    'afl/default/crashes/id:000000,sig:06,src:000000,time:9,execs:9,op:havoc': 'cd',
    'public.zip': zipSync({ x: Buffer.from('bax'), y: Buffer.from('zzz'), z: Buffer.from('ab') }),
    single: 'dddd',
  });
  const { code, stdout, stderr } = merged(cwd, 'out', 'libfuzzer', 'afl', 'public.zip', 'single', '--json');
  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(corpus(join(cwd, 'out'))).toEqual(['ab', 'cd']);
  expect(JSON.parse(stdout)).toMatchObject({
    out: 'out',
    kept: 2,
    keptBytes: 4,
    added: 2,
    inputs: 7,
    bytes: 515,
    duplicates: 1,
    failed: 0,
    unreadable: 0,
    flaky: 0,
    overflowed: 0,
  });
});

test('what is in the folder stays as it is, and only what it lacks is added; a second time nothing is', () => {
  const cwd = withTarget({ 'out/mine': 'abc', 'out/more': 'a', 'in/1': 'ad', 'in/2': 'b', 'in/3': 'dda' });
  const first = merged(cwd, 'out', 'in');
  expect(first.stdout).toMatch(/^out: 3 of 5 inputs, 6 of 10 bytes, reach all \d+ PCs; 1 are new\n$/);
  expect(readdirSync(join(cwd, 'out')).sort()).toEqual([sha1('ad'), 'mine', 'more'].sort());
  expect(merged(cwd, 'out', 'in').stdout).toMatch(/; 0 are new\n$/);
});

test('inputs that fail are left out and named, whatever they do to their process', () => {
  const cwd = withTarget({ 'in/good': 'ab', 'in/throws': 'abc!', 'in/kills': 'K', 'in/last': 'e' });
  const { code, stdout, stderr } = merged(cwd, 'out', 'in', '--workers', '1');
  expect(stderr).toMatch(/^kcovjs: in\/throws: left out, as it fails: RangeError: no such letter in visit/m);
  expect(stderr).toMatch(/^kcovjs: in\/kills: left out, as it fails: .*SIGKILL/m);
  expect(stderr.trimEnd().split('\n')).toHaveLength(2);
  expect(stdout).toMatch(/^2 inputs fail and are left out; kcovjs replay says how$/m);
  expect(corpus(join(cwd, 'out'))).toEqual(['ab', 'e']);
  expect(code).toBe(0);
});

test('the coverage of what is kept is that of all, by report', () => {
  const texts = Array.from({ length: 60 }, (_, i) => 'abcdexyz'.slice(i % 7, 1 + ((i * 5) % 8)) + i);
  const cwd = withTarget(Object.fromEntries(texts.map((text, i) => [`in/${i}`, text])));
  expect(merged(cwd, 'out', 'in').code).toBe(0);
  const report = (folder: string) => {
    kcovjs(['report', 'target.cjs', folder, '--format', 'json', '-o', `report-${folder}`], { cwd });
    const [file] = Object.values(
      JSON.parse(readFileSync(join(cwd, `report-${folder}/coverage-final.json`), 'utf8')),
    ) as { s: Record<string, number>; b: Record<string, number[]> }[];
    return [Object.values(file!.s), Object.values(file!.b).flat()].map((all) => all.map((hits) => hits > 0));
  };
  expect(report('out')).toEqual(report('in'));
  expect(readdirSync(join(cwd, 'out')).length).toBeLessThan(6);
});

test('killed while it works it leaves nothing that is not whole, and can be run again', async () => {
  const cwd = withTarget(
    Object.fromEntries([...'abcde'].map((letter) => [`in/${letter}`, letter + 'x'.repeat(100_000)])),
  );
  const child = spawn(process.execPath, [MAIN, 'merge', 'target.cjs', 'out', 'in'], { cwd, stdio: 'ignore' });
  const ended = once(child, 'exit');
  while (!existsSync(join(cwd, 'out')) && child.exitCode === null) await sleep(1);
  child.kill('SIGKILL');
  await ended;
  corpus(join(cwd, 'out'));
  expect(merged(cwd, 'out', 'in').code).toBe(0);
  expect(corpus(join(cwd, 'out')).map((text) => text[0])).toEqual([...'abcde']);
});

describe('a mistake of the caller is one line, and no folder is made', () => {
  function refused(ran: Ran): string {
    expect(ran.stdout).toBe('');
    expect(ran.code).toBe(2);
    expect(existsSync(join(ran.cwd, 'out'))).toBe(false);
    expect(ran.stderr.trimEnd().split('\n')).toHaveLength(1);
    return ran.stderr;
  }
  test('inputs that are not there, or are none', () => {
    const cwd = withTarget({ 'empty/.hidden': '' });
    expect(refused(merged(cwd, 'out', 'nowhere'))).toMatch(/^kcovjs: nowhere: no such file or folder/);
    expect(refused(merged(cwd, 'out', 'empty'))).toMatch(/^kcovjs: empty: no inputs; give a folder that has/);
    expect(refused(merged(cwd, 'out'))).toMatch(/missing required argument 'in'/);
  });
  test('a target that cannot be loaded', () => {
    const cwd = withTarget({ 'in/a': 'a', 'other.mjs': 'export const fuzz = 1;' });
    expect(refused(kcovjs(['merge', 'other.mjs', 'out', 'in'], { cwd }))).toMatch(
      /^kcovjs: other\.mjs: does not export a function 'fuzz'/,
    );
  });
  test('code that is not instrumented', () => {
    const cwd = withTarget({ 'in/a': 'a' });
    expect(refused(merged(cwd, 'out', 'in', '-i', '/elsewhere/'))).toMatch(
      /^kcovjs: target\.cjs: no input reaches code that is instrumented; say which files are with -i\n$/,
    );
  });
  test('no workers', () => {
    const cwd = withTarget({ 'in/a': 'a' });
    expect(refused(merged(cwd, 'out', 'in', '--workers', '0'))).toMatch(/there must be one at least/);
  });
  test('a file where the folder is to be', () => {
    const cwd = withTarget({ 'in/a': 'a', taken: '' });
    const { code, stderr } = merged(cwd, 'taken', 'in');
    expect([code, stderr]).toEqual([2, 'kcovjs: taken: cannot be written: ENOTDIR; name another folder\n']);
  });
});

test('an archive that is broken is one line, and the others are read', () => {
  const cwd = withTarget({ 'broken.zip': 'PK', 'in/a': 'a' });
  const { code, stderr } = merged(cwd, 'out', 'broken.zip', 'in');
  expect(stderr).toBe('kcovjs: broken.zip: is no zip file, or is cut off\n');
  expect(code).toBe(0);
  expect(corpus(join(cwd, 'out'))).toEqual(['a']);
});
