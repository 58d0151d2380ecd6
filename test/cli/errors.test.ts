import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { emptyFolder, kcovjs, TARGETS } from './kcovjs.ts';

const SYNC = join(TARGETS, 'sync.cjs');

/** One clear line, exit code 2, nothing written. */
function refusal(args: readonly string[], cwd = emptyFolder()): string {
  const before = readdirSync(cwd);
  const { code, stderr, stdout } = kcovjs(args, { cwd });
  expect(stdout).toBe('');
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(code).toBe(2);
  expect(readdirSync(cwd)).toEqual(before);
  return stderr.trimEnd();
}

describe('a mistake of the caller is one line that names it', () => {
  test.each<[string, string[], RegExp]>([
    ['an unknown command', ['fuzzz', SYNC], /unknown command 'fuzzz'.*fuzz/],
    ['an unknown option', ['fuzz', SYNC, '--frobnicate'], /unknown option '--frobnicate'/],
    ['no target', ['fuzz'], /missing required argument 'target'/],
    ['a target that is not there', ['fuzz', './nowhere.js'], /\.\/nowhere\.js: no such target/],
    ['a target that is a folder', ['fuzz', TARGETS], /targets: no such target/],
    [
      'a target without fuzz',
      ['fuzz', join(TARGETS, 'no-fuzz.mjs')],
      /no-fuzz\.mjs: does not export a function 'fuzz' \(it exports other\)/,
    ],
    [
      'another entry point that is not there',
      ['fuzz', SYNC, '-f', 'other'],
      /does not export a function 'other'/,
    ],
    [
      'a syntax error in the target',
      ['fuzz', join(TARGETS, 'syntax-error.cjs')],
      /syntax-error\.cjs: cannot be loaded: Unexpected token \(2:0\)/,
    ],
    [
      'a corpus folder under a file',
      ['fuzz', SYNC, join(SYNC, 'corpus')],
      /sync\.cjs\/corpus: cannot be written: ENOTDIR/,
    ],
    [
      'a second corpus folder that is not there',
      ['fuzz', SYNC, '.', 'seeds'],
      /seeds: no such corpus folder/,
    ],
    [
      'a folder for findings that is not there',
      ['fuzz', SYNC, '--', '-artifact_prefix=no/where/'],
      /there is no folder no\/where\//,
    ],
    [
      'a file of hooks that is not there',
      ['fuzz', SYNC, '-h', 'hooks.cjs'],
      /hooks\.cjs: no such file of hooks/,
    ],
    [
      'a detector pattern that is none',
      ['fuzz', SYNC, '--disable-bug-detectors', '('],
      /is no regular expression/,
    ],
    ['no workers', ['fuzz', SYNC, '--workers', '0'], /--workers.*'0'/],
    [
      'a port that is none',
      ['fuzz', SYNC, '--prometheus', '99999'],
      /'99999' is no port; 0 is any that is free/,
    ],
    ['a timeout that is no number', ['fuzz', SYNC, '--timeout', 'soon'], /'soon' is no whole number/],
    ['an input that is not there', ['replay', SYNC, 'nothing'], /nothing: no such file or folder/],
    [
      'a format that is not there',
      ['report', SYNC, SYNC, '--format', 'pdf'],
      /there is no format 'pdf'; there are/,
    ],
    ['an ELF file that is none', ['symbolize', '-e', SYNC, '0x1'], /sync\.cjs: it is no ELF file/],
    ['an ELF file that is not there', ['symbolize', '-e', 'k.elf', '0x1'], /k\.elf: cannot be read: ENOENT/],
    [
      'an output that cannot be written',
      ['ksyms', SYNC, '-o', 'no/k.elf'],
      /no\/k\.elf: cannot be written: ENOENT/,
    ],
  ])('%s', (_, args, message) => {
    expect(refusal(args)).toMatch(message);
  });

  test('an address that is none', () => {
    const { cwd } = kcovjs(['ksyms', SYNC]);
    expect(refusal(['symbolize', '-e', 'ksyms.elf', 'main'], cwd)).toMatch(/'main': no address/);
  });
  test('a corpus without inputs', () => {
    const cwd = emptyFolder();
    mkdirSync(join(cwd, 'empty'));
    expect(refusal(['report', SYNC, 'empty'], cwd)).toMatch(/empty: no inputs/);
  });
  test('a dictionary that is broken, with its line, and one that is not there', () => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, 'words.dict'), '# words\nkw="fine"\nkw="\\q"\n');
    expect(refusal(['fuzz', SYNC, '--', '-dict=words.dict'], cwd)).toBe(
      'kcovjs: words.dict:3: no entry of a dictionary: "kw=\\"\\\\q\\""; write name="word" with no escapes but \\\\, \\" and \\xAB, and comments in lines of their own',
    );
    expect(refusal(['fuzz', SYNC, '--', '-dict=no.dict'])).toMatch(/-dict: no\.dict: cannot be read: ENOENT/);
  });
  test('a target that fails while it loads', () => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, 'fails.mjs'), 'throw new TypeError("at the start");\n');
    expect(refusal(['fuzz', 'fails.mjs'], cwd)).toMatch(
      /fails\.mjs: cannot be loaded: TypeError: at the start/,
    );
  });
});

test('nothing is left half-written where the output is a folder', () => {
  const cwd = emptyFolder();
  mkdirSync(join(cwd, 'k.elf'));
  expect(kcovjs(['ksyms', SYNC, '-o', 'k.elf'], { cwd }).code).toBe(2);
  expect(readdirSync(cwd)).toEqual(['k.elf']);
});

test('--help and --version answer on standard output with 0', () => {
  expect(kcovjs(['--help'])).toMatchObject({ code: 0, stderr: '' });
  expect(kcovjs(['fuzz', '--help']).stdout).toMatch(/--includes <part>/);
  expect(kcovjs(['--version']).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(existsSync('--help')).toBe(false);
});
