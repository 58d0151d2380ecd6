import { afterEach, describe, expect, test } from 'vitest';
import { close, ioctl, KIOCGSIZE, kldstat, kldunload, open, read, snapshot } from '../../harness/index.ts';
import { kldload } from '../../src/ksyms/linker.ts';
import fc from '../fast-check.ts';
import { expectedSnapshot, type LoadedFile } from './expected.ts';

const SHORT = 150;
const RUNS = Number(process.env['KCOVJS_KSYMS_RUNS'] ?? SHORT);

const KERNBASE = 0xffffffff80000000n;
const KERNEL: LoadedFile = {
  filename: 'kernel',
  address: KERNBASE,
  lines: '',
  symbols: [
    'trace_pc',
    'trace_cmp1',
    'trace_cmp2',
    'trace_cmp4',
    'trace_cmp8',
    'trace_const_cmp1',
    'trace_const_cmp2',
    'trace_const_cmp4',
    'trace_const_cmp8',
    'trace_switch',
  ].map((name, i) => ({ name: `__sanitizer_cov_${name}`, offset: 16 * i, size: 16 })),
};

/** What the linker should have now, the kernel first, each with its count of references. */
const loaded: { file: LoadedFile; refs: number }[] = [];
let places = 0;

/** A module of so many functions, where no other lies. */
function moduleOf(filename: string, names: readonly string[], lines: string): LoadedFile {
  const address = KERNBASE + 0x100000n + BigInt(places++ % 10_000) * 0x10000n;
  return { filename, address, lines, symbols: names.map((name, i) => ({ name, offset: 8 * i, size: 8 })) };
}

function load(file: LoadedFile): void {
  const { filename, address, symbols, lines } = file;
  kldload(
    filename,
    Number(address - KERNBASE),
    Math.max(8, 8 * symbols.length),
    JSON.stringify({ symbols, lines }),
  );
  const same = loaded.find((other) => other.file === file);
  if (same === undefined) loaded.push({ file, refs: 1 });
  else same.refs++;
}

function unload(index: number): void {
  kldunload(kldstat()[index + 1]!.id);
  loaded[index]!.refs--;
  if (loaded[index]!.refs === 0) loaded.splice(index, 1);
}

const expected = (): Buffer =>
  Buffer.from(expectedSnapshot([KERNEL, ...loaded.map(({ file }) => file)]).buffer);
const actual = (): Buffer => Buffer.from(snapshot());

/** Where two files part, rather than all their bytes. */
function expectSame(got: Buffer, wanted: Buffer): void {
  const at = got.findIndex((byte, i) => byte !== wanted[i]);
  expect({ length: got.length, differsAt: at }).toEqual({ length: wanted.length, differsAt: -1 });
}

function unloadAll(): void {
  while (loaded.length > 0) unload(0);
}
afterEach(unloadAll);

/** Any 16-bit units: also NUL, marks, and halves of pairs, which UTF-8 cannot say. */
const anyText = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.array(fc.nat(0xffff), { maxLength: 4 }).map((units) => String.fromCharCode(...units)),
  fc.constantFrom(
    '',
    '<module>',
    'größe',
    '名前',
    '\ufeffmark',
    'a\0b\0c',
    '__proto__',
    'get value',
    '.symtab',
  ),
);

type Step =
  | { kind: 'load'; filename: string; names: string[]; lines: string }
  | { kind: 'again' | 'unload' | 'hold'; which: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('load' as const),
      filename: anyText,
      names: fc.array(anyText, { maxLength: 20 }),
      lines: anyText,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('again', 'unload', 'hold'), which: fc.nat(9) }),
  },
);

test('whatever loads, loads again and unloads: each snapshot is byte for byte the original (ksyms.c:102, ksyms.c:253-338, ksyms.c:191-229)', () => {
  const did = { load: 0, again: 0, unload: 0, hold: 0 };
  const property = fc
    .property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
      let held: { fd: number; bytes: Buffer } | undefined;
      try {
        for (const one of steps) {
          const index = 'which' in one ? one.which % Math.max(1, loaded.length) : 0;
          if (one.kind === 'load') load(moduleOf(one.filename, one.names, one.lines));
          else if (one.kind === 'hold') held ??= { fd: open('/dev/ksyms'), bytes: expected() };
          else if (loaded.length === 0) continue;
          else if (one.kind === 'again') load(loaded[index]!.file);
          else unload(index);
          did[one.kind]++;
          if (held === undefined) expectSame(actual(), expected());
        }
        if (held === undefined) return;
        // What was open meanwhile is whole, and of its own moment.
        const bytes = Buffer.alloc(Number(ioctl(held.fd, KIOCGSIZE)));
        expect(read(held.fd, bytes)).toBe(bytes.length);
        expectSame(bytes, held.bytes);
      } finally {
        if (held !== undefined) close(held.fd);
      }
      expectSame(actual(), expected());
      unloadAll();
      expectSame(actual(), expected());
    })
    .afterEach(unloadAll);
  fc.assert(property, { numRuns: RUNS, ...(RUNS === SHORT && { seed: 11 }) });
  expect(Math.min(...Object.values(did))).toBeGreaterThan(RUNS / 10);
});

describe('sizes at which the original changes its ways', () => {
  test('the kernel alone', () => expectSame(actual(), expected()));
  test('a module without a function', () => {
    load(moduleOf('', [], ''));
    expectSame(actual(), expected());
  });
  test.each([
    254, 255, 256, 257, 511, 512, 513,
  ])('blocks of 256 symbols: %i functions and their file (ksyms.c:163, ksyms.c:191)', (count) => {
    const names = Array.from({ length: count }, (_, i) => `f${i}`);
    load(moduleOf('/before.js', ['x'], ''));
    load(moduleOf('/a.js', names, '{}'));
    load(moduleOf('/behind.js', ['y'], ''));
    expectSame(actual(), expected());
  });
  test('string offsets of a later file count from the end of all before it (ksyms.c:203, ksyms.c:229)', () => {
    load(moduleOf('/long.js', ['x'.repeat(70_000)], ''));
    load(moduleOf('/b.js', ['found'], ''));
    const bytes = actual();
    expectSame(bytes, expected());
    const last = bytes.readUInt32LE(bytes.length - expectedStrings(bytes) - 24);
    expect(
      bytes
        .subarray(bytes.length - expectedStrings(bytes) + last)
        .subarray(0, 6)
        .toString('latin1'),
    ).toBe('found\0');
  });
  test('values are made absolute for every file but the first, whose are so already (ksyms.c:204)', () => {
    load(moduleOf('/c.js', ['f', 'g'], ''));
    const bytes = actual();
    const symbol = (i: number): bigint => bytes.readBigUInt64LE(464 + 24 * i + 8);
    // The null symbol, the file and ten callbacks of the kernel; the file and the functions of the module.
    expect([symbol(2), symbol(3)]).toEqual([KERNBASE, KERNBASE + 16n]);
    const { address } = loaded[0]!.file;
    expect([symbol(12), symbol(13), symbol(14)]).toEqual([0n, address, address + 8n]);
  });
});

/** Bytes of the string table, as its header tells. */
const expectedStrings = (bytes: Buffer): number => Number(bytes.readBigUInt64LE(176 + 2 * 64 + 32));
