import { expect, test } from 'vitest';
import { DeviceError } from '../../src/abi/errno.ts';
import { PAGE_SIZE, PROT_EXEC, PROT_READ } from '../../src/abi/mman.ts';
import { ksymsOpen } from '../../src/ksyms/device.ts';
import type { LinkerFile } from '../../src/ksyms/linker.ts';
import type { ForEachFile } from '../../src/ksyms/snapshot.ts';
import fc from '../fast-check.ts';

const SYM_SIZE = 24;

/** A file whose tables have these sizes. */
const fileOf = (symbols: number, strings: number): LinkerFile => ({
  id: 2,
  filename: 'm',
  refs: 1,
  address: 0xffffffff80001000n,
  size: 8,
  table: () => ({ symtab: new Uint8Array(symbols * SYM_SIZE), strtab: new Uint8Array(strings).fill(1) }),
});

/** Other files at every pass; the last ones stay. */
function passes(...loaded: LinkerFile[][]): ForEachFile {
  let pass = 0;
  return (fn) => {
    const files = loaded[Math.min(pass++, loaded.length - 1)]!;
    for (const file of files) {
      const error = fn(file);
      if (error !== 0) return error;
    }
    return 0;
  };
}

const codeOf = (fn: () => unknown): string | undefined => {
  try {
    fn();
  } catch (error) {
    if (error instanceof DeviceError) return error.code;
    throw error;
  }
  return undefined;
};

const [a, b] = [fileOf(1, SYM_SIZE), fileOf(2, 5)];

test('the third try is the last, and a failed open leaves the device free', () => {
  expect(codeOf(() => ksymsOpen(passes([a], [a, b], [a], [], [a], [a, b], [a])))).toBe('ENXIO');
  const file = ksymsOpen(passes([a], [a, b], [a], [], [a]));
  expect(file.read(new Uint8Array(4), 0)).toBe(4);
  file.close();
});

test('one table that grows by what the other loses does not run into it', () => {
  const [symbols, strings] = [fileOf(2, 0), fileOf(0, 2 * SYM_SIZE)];
  for (const loaded of [symbols, strings]) {
    expect(codeOf(() => ksymsOpen(passes([a], [loaded], [a], [loaded], [a], [loaded])))).toBe('ENXIO');
  }
});

test('whatever comes and goes, open gives a snapshot of one moment or ENXIO', () => {
  const files = fc.array(
    fc.tuple(fc.nat(3), fc.nat(60)).map(([symbols, strings]) => fileOf(symbols, strings)),
    {
      maxLength: 4,
    },
  );
  const sum = (of: LinkerFile[], table: 'symtab' | 'strtab') =>
    of.reduce((total, file) => total + file.table()[table].length, 0);
  const sameSizes = (x: LinkerFile[], y: LinkerFile[]) =>
    sum(x, 'symtab') === sum(y, 'symtab') && sum(x, 'strtab') === sum(y, 'strtab');

  fc.assert(
    fc.property(fc.array(files, { minLength: 6, maxLength: 6 }), (loaded) => {
      const clean = [0, 2, 4].some((pass) => sameSizes(loaded[pass]!, loaded[pass + 1]!));
      const error = codeOf(() => ksymsOpen(passes(...loaded)).close());
      expect(error).toBe(clean ? undefined : 'ENXIO');
    }),
    { numRuns: 2000, seed: 7 },
  );
});

test('a file closed twice leaves the next one open', () => {
  const first = ksymsOpen(passes([a]));
  first.close();
  const second = ksymsOpen(passes([a]));
  first.close();
  expect(codeOf(() => ksymsOpen(passes([a])))).toBe('EBUSY');
  second.close();
});

test('mapped pages: up to the last, from the start of one, also to execute; the area outlives the file', () => {
  const file = ksymsOpen(passes([fileOf(1000, 10)]));
  const size = Number(file.ioctl(0x40086c01, undefined));
  const pages = Math.ceil(size / PAGE_SIZE) * PAGE_SIZE;
  expect(codeOf(() => file.mmap(pages + 1, PROT_READ, 1, 0))).toBe('EINVAL');
  expect(codeOf(() => file.mmap(PAGE_SIZE, PROT_READ, 1, pages))).toBe('EINVAL');
  expect(codeOf(() => file.mmap(PAGE_SIZE, PROT_READ, 1, 100))).toBe('EINVAL');
  expect(codeOf(() => file.mmap(Number.NaN, PROT_READ, 1, 0))).toBe('EINVAL');
  const area = file.mmap(pages, PROT_READ | PROT_EXEC, 1, 0);
  const bytes = new Uint8Array(size);
  file.read(bytes, 0);
  file.close();
  expect(area.subarray(0, size)).toEqual(bytes);
  expect(area.subarray(size).every((byte) => byte === 0)).toBe(true);
});
