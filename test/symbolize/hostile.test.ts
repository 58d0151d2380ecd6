import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { ElfError, Symbolizer, snapshot } from '../../harness/index.ts';
import { LineTables } from '../../harness/symbolize/line-table.ts';
import { SHDR, SHDR_SIZE, SYM, SYM_SIZE } from '../../src/abi/elf.ts';
import { KERNBASE } from '../../src/abi/text.ts';
import { kldload } from '../../src/ksyms/linker.ts';
import fc from '../fast-check.ts';

const BASE = 0x700000;
const LINES = JSON.stringify({
  version: 3,
  sources: ['/a.ts', '/b.ts'],
  names: [],
  mappings: 'AAAA,QAEE,QCACA',
});
const SYMTAB = 176 + SHDR_SIZE;
const STRTAB = 176 + 2 * SHDR_SIZE;

let good: Uint8Array;
beforeAll(() => {
  const symbols = ['<module>', 'f', 'g'].map((name, i) => ({ name, offset: i * 8, size: 8 }));
  kldload('/dist/a.js', BASE, 24, JSON.stringify({ symbols, lines: LINES }));
  good = snapshot();
});

const PCS = [0n, 5n, 8n, 16n, 23n, 24n].map((offset) => KERNBASE + BigInt(BASE) + offset);

/** What comes of it: every answer, or the message of the one error that may come. */
function outcome(bytes: Uint8Array): unknown {
  try {
    const symbolizer = new Symbolizer(bytes);
    return { functions: symbolizer.functions().length, frames: PCS.map((pc) => symbolizer.lookup(pc)) };
  } catch (error) {
    if (error instanceof ElfError) return error.message;
    throw error;
  }
}

const changed = (edit: (view: DataView, bytes: Uint8Array) => void): Uint8Array => {
  const bytes = good.slice();
  edit(new DataView(bytes.buffer), bytes);
  return bytes;
};

test('cut off anywhere, it says that it is cut off', () => {
  for (let length = 0; length < good.length; length++)
    expect(typeof outcome(good.subarray(0, length))).toBe('string');
  expect(outcome(good)).toMatchObject({ functions: 13 });
});

test('a frame is whole or has no place, whatever the line table says', () => {
  const start = Buffer.from(good).indexOf(LINES);
  const position = fc.integer({ min: start, max: start + LINES.length - 1 });
  const edits = fc.array(fc.tuple(position, fc.integer({ min: 1, max: 255 })), {
    minLength: 1,
    maxLength: 4,
  });
  let answered = 0;
  fc.assert(
    fc.property(edits, (list) => {
      const found = outcome(
        changed((_, bytes) => {
          for (const [at, byte] of list) bytes[at] = byte;
        }),
      );
      if (typeof found === 'string') {
        expect(found).toBe('the line table of /dist/a.js is broken');
        return;
      }
      answered++;
      for (const frame of (found as { frames: (Record<string, unknown> | undefined)[] }).frames) {
        if (frame === undefined || !('file' in frame)) continue;
        expect([typeof frame['file'], typeof frame['line'], typeof frame['column']]).toEqual([
          'string',
          'number',
          'number',
        ]);
        expect(frame['line']).toBeGreaterThan(0);
        expect(frame['column']).toBeGreaterThan(0);
      }
    }),
    { numRuns: 4000, seed: 3 },
  );
  expect(answered).toBeGreaterThan(100);
});

describe('each offset that points nowhere is named', () => {
  const cases: [string, (view: DataView) => void, string][] = [
    [
      'sh_offset of the symbols',
      (view) => view.setBigUint64(SYMTAB + SHDR.sh_offset, 1n << 63n, true),
      'its symbol table reach',
    ],
    [
      'sh_size of the strings',
      (view) => view.setBigUint64(STRTAB + SHDR.sh_size, 1n << 40n, true),
      'its string table reach',
    ],
    ['sh_link', (view) => view.setUint32(SYMTAB + SHDR.sh_link, 99, true), 'names no string table'],
    [
      'sh_link to what is no string table',
      (view) => view.setUint32(SYMTAB + SHDR.sh_link, 1, true),
      'names no string table',
    ],
    ['sh_entsize', (view) => view.setBigUint64(SYMTAB + SHDR.sh_entsize, 1n, true), 'no table of Elf64_Sym'],
    ['e_shoff', (view) => view.setBigUint64(40, 0xffffffffffffffffn, true), 'its section headers reach'],
    ['st_name', (view) => view.setUint32(464 + SYM_SIZE + SYM.st_name, 0xffffffff, true), 'a name reaches'],
  ];
  test.each(cases)('%s', (_, edit, message) => {
    expect(outcome(changed(edit))).toContain(message);
  });
});

test('a section without bytes in the file, however large, is no error', () => {
  const SHT_NOBITS = 8;
  const bytes = changed((view) => {
    view.setUint32(176 + SHDR.sh_type, SHT_NOBITS, true);
    view.setBigUint64(176 + SHDR.sh_size, 1n << 31n, true);
  });
  expect(outcome(bytes)).toEqual(outcome(good));
});

test('a megabyte in which every symbol has the same endless name is refused, not unfolded', () => {
  const [symbols, strings] = [20_000, 1 << 19];
  const bytes = new Uint8Array(464 + symbols * SYM_SIZE + strings);
  bytes.set(good.subarray(0, 464));
  bytes.fill('x'.charCodeAt(0), 464 + symbols * SYM_SIZE, bytes.length - 1);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(SYMTAB + SHDR.sh_size, BigInt(symbols * SYM_SIZE), true);
  view.setBigUint64(STRTAB + SHDR.sh_offset, BigInt(464 + symbols * SYM_SIZE), true);
  view.setBigUint64(STRTAB + SHDR.sh_size, BigInt(strings), true);
  expect(outcome(bytes)).toBe('its names are longer than it could hold');
});

/** A snapshot of files that have one function of a byte each; each names its own line table in `strings`. */
function fileOf(tables: readonly number[], strings: string): Uint8Array {
  const names = Buffer.from(`\0a\0${strings}\0`);
  const symbols = 2 * tables.length * SYM_SIZE;
  const bytes = new Uint8Array(464 + symbols + names.length);
  bytes.set(good.subarray(0, 464));
  bytes.set(names, 464 + symbols);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(SYMTAB + SHDR.sh_size, BigInt(symbols), true);
  view.setBigUint64(STRTAB + SHDR.sh_offset, BigInt(464 + symbols), true);
  view.setBigUint64(STRTAB + SHDR.sh_size, BigInt(names.length), true);
  tables.forEach((name, i) => {
    const at = 464 + 2 * i * SYM_SIZE;
    view.setUint32(at + SYM.st_name, name, true);
    view.setUint8(at + SYM.st_info, 4); // STT_FILE
    view.setUint32(at + SYM_SIZE + SYM.st_name, 1, true);
    view.setUint8(at + SYM_SIZE + SYM.st_info, 2); // STT_FUNC
    view.setBigUint64(at + SYM_SIZE + SYM.st_value, BigInt(i), true);
    view.setBigUint64(at + SYM_SIZE + SYM.st_size, 1n, true);
  });
  return bytes;
}

const table = (fields: object): string =>
  JSON.stringify({ version: 3, sources: ['/a.ts'], names: [], mappings: 'AAAA', ...fields });

describe('a line table that is JSON and yet none', () => {
  test.each([
    ['mappings that are decoded, whose numbers nobody has checked', { mappings: [[[0, 0, 0.5, 1.5]]] }],
    ['mappings that are missing', { mappings: undefined }],
    ['sources that are none', { sources: { length: 1 } }],
    ['a source that is no path', { sources: [null] }],
    ['an index that holds tables', { mappings: undefined, sections: [] }],
  ])('%s: broken', (_, fields) => {
    const symbolizer = new Symbolizer(fileOf([1], table(fields)));
    for (let again = 0; again < 2; again++)
      expect(() => symbolizer.lookup(0n)).toThrow(new ElfError('the line table of a is broken'));
  });

  test('a sourceRoot, which ours have not, is not copied to each source', () => {
    const symbolizer = new Symbolizer(fileOf([1], table({ sourceRoot: `/${'x'.repeat(1000)}` })));
    expect(symbolizer.lookup(0n)).toMatchObject({ file: '/a.ts', line: 1, column: 1 });
  });
});

test('a line table that many files name is read once, and a broken one is not tried again', () => {
  const texts = ['', table({}), '{', table({ mappings: 1 })];
  let reads = 0;
  const tables = new LineTables((offset) => {
    reads++;
    return texts[offset]!;
  });
  for (let file = 0; file < 100; file++) {
    expect(tables.lookup(0, 0, 'a')).toBeNull();
    expect(tables.lookup(1, 0, 'a')).toEqual({ file: '/a.ts', line: 1, column: 1 });
    for (const broken of [2, 3])
      expect(() => tables.lookup(broken, 0, `b${file}`)).toThrow(`the line table of b${file} is broken`);
  }
  expect(reads).toBe(texts.length);
});

test('a program without symbols is told from what is no ELF file', () => {
  expect(outcome(readFileSync('/bin/sh'))).toBe('it has no symbol table');
  expect(outcome(new TextEncoder().encode('#!/bin/sh\n'.repeat(20)))).toBe('it is no ELF file');
});
