import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeAll, describe, expect, test } from 'vitest';
import { Symbolizer, snapshot } from '../../harness/index.ts';
import { KERNBASE } from '../../src/abi/text.ts';
import { kldload } from '../../src/ksyms/linker.ts';
import { emptyFolder, kcovjs, MAIN, ROOT } from './kcovjs.ts';

const BASE = 0x700000;
const [cwd, ELF] = [emptyFolder(), 'k.elf'];
const FILE = '/app/größe.ts';
/** What begins at each site, from the module's first on. */
const NAMES = ['<module>', 'f', 'größe', 'a\x1b[2Jb'];
const ANSWERS = [
  `0xffffffff80700005 <module>+0x5 ${FILE}:1:1`,
  `0xffffffff8070000d f+0x5 ${FILE}:3:5`,
  `0xffffffff80700015 größe+0x5 ${FILE}:3:6`,
  `0xffffffff8070001d a\\x1b[2Jb+0x5 ${FILE}:3:6`,
];
const PCS = ANSWERS.map((answer) => answer.slice(0, 18));

beforeAll(() => {
  const symbols = NAMES.map((name, i) => ({ name, offset: i * 8, size: 8 }));
  const lines = JSON.stringify({ version: 3, sources: [FILE], names: [], mappings: 'AAAA,QAEI,QAAC' });
  kldload(FILE, BASE, 32, JSON.stringify({ symbols, lines }));
  writeFileSync(join(cwd, ELF), snapshot());
});

const symbolize = (input: string, ...args: string[]) =>
  kcovjs(['symbolize', '-e', ELF, ...args], { cwd, input });

describe('an address', () => {
  test.each([
    ['with and without 0x', `${PCS[0]}\n${PCS[1]!.slice(2)}\n0X${PCS[2]!.slice(2)}\n`],
    [
      'in upper case',
      PCS.slice(0, 3)
        .map((pc) => `0x${pc.slice(2).toUpperCase()}\n`)
        .join(''),
    ],
    [
      'at the end of a line as Windows has it',
      PCS.slice(0, 3)
        .map((pc) => `${pc}\r\n`)
        .join(''),
    ],
    [
      'between spaces and tabs',
      PCS.slice(0, 3)
        .map((pc) => ` \t${pc} \t\n`)
        .join(''),
    ],
    ['after blank lines', `\n \n${PCS.slice(0, 3).join('\n\r\n')}\n\n`],
    ['at the end of what has no last newline', PCS.slice(0, 3).join('\n')],
  ])('%s is answered', (_, input) => {
    const { code, stdout, stderr } = symbolize(input);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(`${ANSWERS.slice(0, 3).join('\n')}\n`);
  });

  test('that is nowhere is answered with question marks', () => {
    const nowhere = ['0', 'ffffffff', '7fffffffffffffff', '8000000000000000', 'ffffffffffffffff'];
    const answers = nowhere.map((pc) => `0x${pc.padStart(16, '0')} ?? ??:0\n`).join('');
    expect(symbolize(nowhere.join('\n')).stdout).toBe(answers);
    expect(symbolize('', ...nowhere).stdout).toBe(answers);
    expect(symbolize('0', '-f').stdout).toBe('??\n??:0\n');
    expect(symbolize('0', '--json').stdout).toBe('{"pc":"0x0000000000000000"}\n');
  });

  test('is answered in the forms that are asked for; no name does anything to a terminal', () => {
    expect(symbolize('', '-f', ...PCS).stdout).toBe(
      `<module>\n${FILE}:1\nf\n${FILE}:3\ngröße\n${FILE}:3\na\\x1b[2Jb\n${FILE}:3\n`,
    );
    expect(symbolize('', '-s', PCS[3]!).stdout).toBe('0xffffffff8070001d a\\x1b[2Jb+0x5 größe.ts:3:6\n');
    const objects = symbolize('', '--json', ...PCS)
      .stdout.trimEnd()
      .split('\n');
    const symbolizer = new Symbolizer(readFileSync(join(cwd, ELF)));
    expect(objects.map((line) => JSON.parse(line))).toEqual(
      PCS.map((pc) => ({ pc, ...symbolizer.lookup(BigInt(pc)) })),
    );
  });
});

describe('what is no address is named, behind the answers to all before it', () => {
  test.each([
    ['a word', 'main', "'main': no address"],
    ['too many digits', 'fffffffffffffffff', "'fffffffffffffffff': no address"],
    ['no digits', '0x', "'0x': no address"],
    ['two in a line', '0x1 0x2', "'0x1 0x2': no address"],
    ['a sign', '-1', "'-1': no address"],
    ['an escape sequence', '\x1b[2J', "'\\x1b[2J': no address"],
    ['bytes that are no text', '\0\0\0', "'\\x00\\x00\\x00': no address"],
  ])('%s', (_, bad, message) => {
    const { code, stdout, stderr } = symbolize(`${PCS[0]}\n\n${PCS[1]}\n${bad}\n${PCS[2]}\n`);
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: `${ANSWERS[0]}\n${ANSWERS[1]}\n`,
      stderr: `kcovjs: standard input, line 4: ${message}; write it as 0xffffffff81234567\n`,
    });
  });

  test('in a word of the command line', () => {
    for (const bad of ['main', '', ' '])
      expect(symbolize('', PCS[0]!, bad, PCS[1]!)).toMatchObject({
        code: 2,
        stdout: `${ANSWERS[0]}\n`,
        stderr: expect.stringMatching(/^kcovjs: '.*': no address; write it as 0xffffffff81234567\n$/),
      });
  });

  test('a line that does not end is not waited for', async () => {
    const child = spawn(process.execPath, [MAIN, 'symbolize', '-e', ELF], { cwd });
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    child.stdin.on('error', () => {});
    child.stdin.write('f'.repeat(1 << 20));
    expect((await once(child, 'close'))[0]).toBe(2);
    expect(stderr).toMatch(/^kcovjs: standard input, line 1: 'f{80}': no address; .*\n$/);
  });

  test('a line table that is broken', () => {
    const bytes = Buffer.from(snapshot());
    bytes[bytes.indexOf('"sources"') + 1] = 'x'.charCodeAt(0);
    writeFileSync(join(cwd, 'broken.elf'), bytes);
    const kernel = `0x${KERNBASE.toString(16)}`;
    expect(kcovjs(['symbolize', '-e', 'broken.elf', kernel, PCS[0]!], { cwd })).toMatchObject({
      code: 2,
      stdout: `${kernel} __sanitizer_cov_trace_pc+0x0 ??:0\n`,
      stderr: `kcovjs: broken.elf: the line table of ${FILE} is broken; write it again with kcovjs ksyms\n`,
    });
  });
});

test('whoever asks one address at a time gets its answer before the next question', async () => {
  const child = spawn(process.execPath, [MAIN, 'symbolize', '-e', ELF], { cwd });
  const closed = once(child, 'close');
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  for (const [i, pc] of [...PCS, ...PCS].entries()) {
    child.stdin.write(`${pc}\n`);
    expect((await answers.next()).value).toBe(ANSWERS[i % PCS.length]);
  }
  // Half a line is no question yet.
  child.stdin.write(PCS[1]!.slice(0, 9));
  child.stdin.write(`${PCS[1]!.slice(9)}\n`);
  expect((await answers.next()).value).toBe(ANSWERS[1]);
  child.stdin.end();
  expect(await closed).toEqual([0, null]);
});

describe('half a million addresses', () => {
  const many = (count: number): string[] =>
    Array.from({ length: count }, (_, i) => (i % 7 === 0 ? i.toString(16) : PCS[i % 3]!));
  const answersTo = (pcs: readonly string[]): string =>
    pcs
      .map((pc, i) => (i % 7 === 0 ? `0x${pc.padStart(16, '0')} ?? ??:0\n` : `${ANSWERS[i % 3]}\n`))
      .join('');

  test('are all answered in order, to a reader that is slow', async () => {
    const pcs = many(500_000);
    writeFileSync(join(cwd, 'pcs'), pcs.join('\n'));
    const command = `${process.execPath} ${MAIN} symbolize -e ${ELF} < pcs | (sleep 1; cat) > answers`;
    execFileSync('bash', ['-o', 'pipefail', '-c', command], { cwd });
    expect(readFileSync(join(cwd, 'answers'), 'utf8') === answersTo(pcs)).toBe(true);
  });

  test('end quietly where nobody reads on', () => {
    writeFileSync(join(cwd, 'pcs'), many(500_000).join('\n'));
    const command = `${process.execPath} ${MAIN} symbolize -e ${ELF} < pcs | head -n 3; echo \${PIPESTATUS[0]}`;
    const out = execFileSync('bash', ['-c', `(${command}) 2>&1`], { cwd, encoding: 'utf8' });
    expect(out).toBe(`${answersTo(many(3))}0\n`);
  });
});

test('the file with DWARF is read as the snapshot is', () => {
  const target = [join(ROOT, 'harness/targets/json5.ts'), '-i', 'node_modules/json5/'];
  expect(kcovjs(['ksyms', ...target, '-o', 'plain.elf'], { cwd }).code).toBe(0);
  expect(kcovjs(['ksyms', ...target, '--debug', '-o', 'debug.elf'], { cwd }).code).toBe(0);
  const pcs = new Symbolizer(readFileSync(join(cwd, 'plain.elf')))
    .functions()
    .map(({ address }) => `${address.toString(16)}\n`)
    .join('');
  const [plain, debug] = ['plain.elf', 'debug.elf'].map((elf) =>
    kcovjs(['symbolize', '-e', elf], { cwd, input: pcs }),
  );
  expect(plain!.stdout.split('\n').length).toBeGreaterThan(50);
  expect(debug).toEqual(plain);
});
