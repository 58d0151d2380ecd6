import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Symbolizer, snapshot } from '../../harness/index.ts';
import { formatAddress } from '../../harness/symbolize/format.ts';
import { KERNBASE } from '../../src/abi/text.ts';
import { kldload } from '../../src/ksyms/linker.ts';

const dir = mkdtempSync(join(tmpdir(), 'kcovjs-'));
afterAll(() => rmSync(dir, { recursive: true }));

const lines = (source: string): string =>
  JSON.stringify({ version: 3, sources: [source], names: [], mappings: 'AAAA,QACC' });

/** Several modules, so that the names of the later ones are shifted; none of them in the order of addresses. */
const MODULES = [
  { file: '/app/b.js', base: 0x500000, names: ['<module>', 'b', '<anonymous>'] },
  { file: '/app/a b#c?d%20/ü.js', base: 0x300000, names: ['<module>', 'größe', '名前', '\ufeffmark'] },
  { file: '/app/zero.js', base: 0x400000, names: ['<module>', 'a\0b', 'get value', 'Class#method'] },
];

let bytes: Uint8Array;
beforeAll(() => {
  for (const { file, base, names } of MODULES) {
    const symbols = names.map((name, i) => ({ name, offset: i * 8, size: 8 }));
    kldload(file, base, names.length * 8, JSON.stringify({ symbols, lines: lines(file) }));
  }
  bytes = snapshot();
  writeFileSync(join(dir, 'ksyms.elf'), bytes);
});

function tool(name: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(name, [...args, join(dir, 'ksyms.elf')], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  });
  expect({ name, status, stderr }).toEqual({ name, status: 0, stderr: '' });
  return stdout;
}

test('nm and the Symbolizer tell the same functions at the same addresses, in the same order', () => {
  const ours = new Symbolizer(bytes)
    .functions()
    .map(({ symbol, address }) => `${formatAddress(address).slice(2)} a ${symbol}`);
  expect(ours).toHaveLength(10 + 11);
  expect(tool('nm', '-n').trimEnd().split('\n')).toEqual(ours);
});

test('readelf finds every symbol local, absolute and named', () => {
  const table = tool('readelf', '-s', '-W', '--sym-base=10')
    .split('\n')
    .filter((line) => /^ +\d+:/.test(line));
  // The null symbol, one file and ten callbacks of the kernel, one file for each module and its functions.
  expect(table).toHaveLength(1 + 11 + 3 + 11);
  for (const line of table.slice(1)) expect(line).toMatch(/ (FILE|FUNC) +LOCAL +DEFAULT +ABS \S/);
});

test('the line table is a string that no tool shows as a symbol', () => {
  expect(tool('nm', '-a')).not.toMatch('mappings');
  expect(tool('strings', '-a')).toMatch('"mappings":"AAAA,QACC"');
});

test('names and paths come back whole, whatever is in them; only NUL, which ends a string, is shown', () => {
  const symbolizer = new Symbolizer(bytes);
  for (const { file, base, names } of MODULES) {
    names.forEach((name, i) => {
      const pc = KERNBASE + BigInt(base + i * 8 + 5);
      const found = {
        symbol: name.replace('\0', '\u2400'),
        offset: 5,
        file,
        line: i === 0 ? 1 : 2,
        column: i === 0 ? 1 : 2,
      };
      for (const back of [0n, 1n, 5n])
        expect(symbolizer.lookup(pc - back)).toEqual({ ...found, offset: 5 - Number(back) });
    });
  }
});

test('bytes that lie anywhere in a larger area, or in shared memory, are read alike', () => {
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length + 3), 3);
  shared.set(bytes);
  expect(new Symbolizer(shared).functions()).toEqual(new Symbolizer(bytes).functions());
});
