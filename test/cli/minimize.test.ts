import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ALL } from '../all.ts';
import { emptyFolder, kcovjs, MAIN, type Ran, withoutProgress } from './kcovjs.ts';

/** A target that fails in a way of its own for an input with that letter in it. */
const TARGET = `
import { execSync } from 'node:child_process';
const ways = {
  E() { throw new TypeError('bad input'); },
  D() { try { execSync('jaz_zer', { stdio: 'ignore' }); } catch {} },
  R() { Promise.reject(new RangeError('nobody waits')); },
  T() { for (;;); },
  M() { const all = []; for (;;) all.push(new Array(1e6).fill(1.5)); },
  C() { process.kill(process.pid, 'SIGSEGV'); },
  X() { process.exit(3); },
};
export async function fuzz(data) {
  const text = data.toString('latin1');
  for (const [letter, way] of Object.entries(ways)) if (text.includes(letter)) way();
}
`;

function minimized(input: string, args: readonly string[] = [], cwd = emptyFolder()): Ran {
  writeFileSync(join(cwd, 'target.mjs'), TARGET);
  writeFileSync(join(cwd, 'input'), input);
  return kcovjs(['minimize', 'target.mjs', 'input', ...args], { cwd });
}

const result = ({ cwd }: Ran): string => readFileSync(join(cwd, 'input.min'), 'latin1');

const MEMORY: [string, string, RegExp, string[]][] = ALL
  ? [['memory that runs out', 'M', /memory/i, ['--memory', '300']]]
  : [];

describe('an input is made as small as can be, however it fails', () => {
  test.each<[string, string, RegExp, string[]]>([
    ['an error', 'E', /^TypeError: bad input in .*E \(.*target\.mjs:4\)$/m, []],
    ["a detector's report", 'D', /^Command Injection/m, []],
    ['a rejection that nobody handles', 'R', /RangeError: nobody waits/, []],
    ['an endless loop', 'T', /in .*T \(.*target\.mjs:7\)$/m, ['--timeout', '400']],
    ['a signal', 'C', /SIGSEGV/, []],
    ['an exit of its own', 'X', /exit/i, []],
    ...MEMORY,
  ])('%s', (_, letter, title, args) => {
    const ran = minimized(`o${letter}`, args);
    expect(withoutProgress(ran.stderr)).toBe('');
    expect(ran.stdout).toMatch(title);
    expect(ran.stdout).toMatch(/^input: 2 bytes; input\.min: 1 bytes, after \d+ executions$/m);
    expect(result(ran)).toBe(letter);
    expect(ran.code).toBe(77);
    expect(readdirSync(ran.cwd).sort()).toEqual(['input', 'input.min', 'target.mjs']);
  });
});

test('a large input is one letter in the end, and --json tells all', () => {
  const ran = minimized(`{"list":[${'1,2,'.repeat(2000)}"E"]}`, ['--json', '-o', 'small']);
  const told = JSON.parse(ran.stdout);
  expect(told).toMatchObject({ file: 'input', output: 'small', before: 8014, after: 1, complete: true });
  expect(told.title).toMatch(/^TypeError: bad input/);
  expect(told.key).toMatch(/./);
  expect(told.executions).toBeLessThan(200);
  expect(readFileSync(join(ran.cwd, 'small'), 'latin1')).toBe('E');
});

test('what other faults are met on the way is not what is kept', () => {
  const ran = minimized('R and E and D'); // The error is thrown first.
  expect(ran.stdout).toMatch(/^TypeError: bad input/);
  expect(result(ran)).toBe('E');
});

test('without time the original stands, and that is said', () => {
  const ran = minimized('some Etext', ['--max-time', '0']);
  expect(ran.stdout).toMatch(/stopped before all was tried; a longer --max-time may make it smaller/);
  expect(result(ran)).toBe('some Etext');
  expect(ran.code).toBe(77);
});

test('what fails only after other inputs is left as it was, and that is said', () => {
  const cwd = emptyFolder();
  writeFileSync(
    join(cwd, 'state.mjs'),
    `let seen = 0;
    export function fuzz(data) {
      seen += data.length;
      if (data.length > 0 && seen >= 4) throw new Error('too much');
    }`,
  );
  writeFileSync(join(cwd, 'input'), 'abcd');
  const { code, stdout } = kcovjs(['minimize', 'state.mjs', 'input'], { cwd });
  expect(stdout).toMatch(
    /^the smallest that was found does not fail each time, so the input is left as it was$/m,
  );
  expect(readFileSync(join(cwd, 'input.min'), 'latin1')).toBe('abcd');
  expect(code).toBe(77);
});

test('Ctrl-C ends it with the best so far', async () => {
  const cwd = emptyFolder();
  writeFileSync(
    join(cwd, 'slow.mjs'),
    `export function fuzz(data) {
      for (const end = performance.now() + 20; performance.now() < end; );
      if (data.filter((byte) => byte === 44).length >= 500) throw new Error('too many');
    }`,
  );
  writeFileSync(join(cwd, 'input'), 'word, '.repeat(1000));
  const child = spawn(process.execPath, [MAIN, 'minimize', 'slow.mjs', 'input'], { cwd });
  const ended = once(child, 'exit');
  await once(child.stderr, 'data'); // It says how far it is.
  child.kill('SIGINT');
  expect(await ended).toEqual([77, null]);
  const small = readFileSync(join(cwd, 'input.min'), 'latin1');
  expect(small.length).toBeLessThan(6000);
  expect(small.split(',').length).toBeGreaterThan(500);
});

describe('a mistake of the caller is one line', () => {
  function refused(ran: Ran): string {
    expect(ran.stdout).toBe('');
    expect(ran.code).toBe(2);
    expect(readdirSync(ran.cwd).filter((name) => name.includes('min'))).toEqual([]);
    return ran.stderr;
  }
  test('an input that does not fail', () => {
    expect(refused(minimized('harmless'))).toBe('kcovjs: input: does not fail: nothing to keep\n');
  });
  test('a target that cannot be loaded', () => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, 'input'), 'x');
    writeFileSync(join(cwd, 'broken.mjs'), 'throw new TypeError("at the start");\n');
    expect(refused(kcovjs(['minimize', 'broken.mjs', 'input'], { cwd }))).toMatch(
      /^kcovjs: broken\.mjs: cannot be loaded: TypeError: at the start.*\n$/,
    );
  });
  test('a folder that is not there, or stands where the result is to go', () => {
    const cwd = emptyFolder();
    expect(refused(minimized('E', ['-o', 'no/where'], cwd))).toBe(
      'kcovjs: no/where: cannot be written: ENOENT; name another with -o\n',
    );
    mkdirSync(join(cwd, 'folder'));
    expect(refused(minimized('E', ['-o', 'folder'], cwd))).toBe(
      'kcovjs: folder: is a folder; name a file with -o\n',
    );
  });
});
