import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  close,
  ElfError,
  ioctl,
  KIOCGADDR,
  KIOCGSIZE,
  mmap,
  open,
  PROT_READ,
  PROT_WRITE,
  read,
  Symbolizer,
  snapshot,
} from '../../harness/index.ts';
import { formatFrame } from '../../harness/symbolize/format.ts';
import { address, pcLow } from '../../src/abi/text.ts';
import { ksymsOpen, ksymsUnload } from '../../src/ksyms/device.ts';
import { kldload, kldstat, kldunload, type LinkerFile, linker_file_foreach } from '../../src/ksyms/linker.ts';

const BASE = 0x100000;
const lines = JSON.stringify({
  version: 3,
  sources: ['/app/src/a.ts'],
  names: [],
  mappings: 'AAAA,QAEE,QACA',
});
const symbols = [
  { name: '<module>', offset: 0, size: 8 },
  { name: 'decode', offset: 8, size: 16 },
];
const rest = JSON.stringify({ symbols, lines });
const at = (offset: number): bigint => address(pcLow(BASE + offset));

beforeAll(() => kldload('/app/dist/a.js', BASE, 24, rest));

const fds: number[] = [];
const ksyms = (): number => {
  const fd = open('/dev/ksyms');
  fds.push(fd);
  return fd;
};
afterEach(() => {
  for (const fd of fds.splice(0)) close(fd);
});

const code = (fn: () => unknown): string => {
  try {
    fn();
  } catch (error) {
    return (error as { code: string }).code;
  }
  throw new Error('nothing was thrown');
};

describe('binutils', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'kcovjs-')), 'k.elf');
  const tool = (name: string, ...args: string[]) => {
    writeFileSync(file, snapshot());
    return execFileSync(name, [...args, file], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  };

  test('readelf -a reads all of it and warns of nothing', () => {
    writeFileSync(file, snapshot());
    const out = execFileSync('sh', ['-c', `readelf -a -W ${file} 2>&1`], { encoding: 'utf8' });
    expect(out).not.toMatch(/warning|error/i);
    expect(out).toMatch(/OS\/ABI:\s+UNIX - FreeBSD/);
    expect(out).toMatch(/Type:\s+EXEC/);
  });

  test('readelf -s has each function at its absolute address', () => {
    const out = tool('readelf', '-s', '-W');
    expect(out).toMatch(/ffffffff80100008\s+16 FUNC\s+LOCAL\s+DEFAULT\s+ABS decode/);
    expect(out).toMatch(/FILE\s+LOCAL\s+DEFAULT\s+ABS \/app\/dist\/a\.js/);
  });

  test('nm -n sorts them by address, the kernel first', () => {
    const rows = tool('nm', '-n').trim().split('\n');
    expect(rows[0]).toBe('ffffffff80000000 a __sanitizer_cov_trace_pc');
    expect(rows.at(-1)).toBe('ffffffff80100008 a decode');
  });
});

describe('the layout of the original (freebsd-ksyms.c:102, :240-361)', () => {
  test('header, two program headers, four sections, names, symbols, strings, and nothing behind them', () => {
    const bytes = snapshot();
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const u64 = (offset: number): number => Number(view.getBigUint64(offset, true));
    expect([...bytes.subarray(0, 16)]).toEqual([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 9, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect([view.getUint16(16, true), view.getUint16(18, true), view.getUint32(20, true)]).toEqual([
      2, 62, 1,
    ]);
    expect([u64(24), u64(32), u64(40)]).toEqual([0, 64, 176]);
    expect([52, 54, 56, 58, 60, 62].map((offset) => view.getUint16(offset, true))).toEqual([
      64, 56, 2, 64, 4, 3,
    ]);
    expect(
      [64, 120].map((offset) => [view.getUint32(offset, true), view.getUint32(offset + 4, true)]),
    ).toEqual([
      [1, 5],
      [1, 7],
    ]);
    // sizeof(struct ksyms_hdr): 64 + 2 * 56 + 4 * 64 + 28, rounded up to eight.
    const [symsz, strsz] = [u64(176 + 64 + 32), u64(176 + 128 + 32)];
    const section = (i: number) => [
      view.getUint32(176 + i * 64, true),
      view.getUint32(180 + i * 64, true),
      u64(176 + i * 64 + 24),
      u64(176 + i * 64 + 32),
      view.getUint32(176 + i * 64 + 40, true),
      view.getUint32(176 + i * 64 + 44, true),
      u64(176 + i * 64 + 48),
      u64(176 + i * 64 + 56),
    ];
    expect([0, 1, 2, 3].map(section)).toEqual([
      [0, 0, 0, 0, 0, 0, 0, 0],
      [1, 2, 464, symsz, 2, symsz / 24, 8, 24],
      [9, 3, 464 + symsz, strsz, 0, 0, 1, 0],
      [17, 3, 432, 28, 0, 0, 0, 0],
    ]);
    expect(Buffer.from(bytes.subarray(432, 464)).toString('latin1')).toBe(
      '\0.symtab\0.strtab\0.shstrtab\0\0\0\0\0\0',
    );
    expect(bytes.length).toBe(464 + symsz + strsz);
  });
});

describe('the device', () => {
  test('one open per process: EBUSY until it is closed, and no unloading meanwhile', () => {
    const fd = open('/dev/ksyms');
    expect(code(() => open('/dev/ksyms'))).toBe('EBUSY');
    expect(code(ksymsUnload)).toBe('EBUSY');
    close(fd);
    ksymsUnload();
    close(open('/dev/ksyms'));
  });
  test('read goes on where it stopped, or anywhere, up to the end and not beyond', () => {
    const fd = ksyms();
    const whole = new Uint8Array(Number(ioctl(fd, KIOCGSIZE)));
    const part = new Uint8Array(100);
    expect(read(fd, part)).toBe(100);
    expect(read(fd, whole.subarray(100))).toBe(whole.length - 100);
    expect(read(fd, part)).toBe(0);
    whole.set(new Uint8Array(part), 0);
    expect(read(fd, part, whole.length - 3)).toBe(3);
    expect(read(fd, part, whole.length)).toBe(0);
    expect(code(() => read(fd, part, whole.length + 1))).toBe('EFAULT');
    expect(code(() => read(fd, part, -1))).toBe('EFAULT');
  });
  test('ioctl gives size and address, and knows no other', () => {
    const fd = ksyms();
    expect([KIOCGSIZE, KIOCGADDR]).toEqual([0x40086c01, 0x40086c02]);
    expect(typeof ioctl(fd, KIOCGADDR)).toBe('bigint');
    expect(code(() => ioctl(fd, 0x1234))).toBe('ENOTTY');
  });
  test('mmap shows the same bytes, in whole pages, to read', () => {
    const fd = ksyms();
    const size = Number(ioctl(fd, KIOCGSIZE));
    expect(mmap(size, PROT_READ, 1, fd, 0)).toEqual(snapshotOf(fd, size));
    expect(code(() => mmap(size, PROT_READ | PROT_WRITE, 1, fd, 0))).toBe('EACCES');
    expect(code(() => mmap(1, PROT_READ, 1, fd, 1 << 30))).toBe('EINVAL');
  });
  test('what loads after open is in the next snapshot', () => {
    const before = snapshot().length;
    kldload(
      '/app/later.js',
      BASE + 0x10000,
      8,
      JSON.stringify({ symbols: [{ name: '<module>', offset: 0, size: 8 }], lines }),
    );
    expect(snapshot().length).toBeGreaterThan(before);
    kldunload(kldstat().at(-1)!.id);
    expect(snapshot().length).toBe(before);
  });
  test('modules that come between counting and writing make it try again, three times: ENXIO', () => {
    const restless = (times: number) => {
      let calls = 0;
      return (fn: (file: LinkerFile) => number): number => {
        const error = linker_file_foreach(fn);
        // Between the pass that counts and the pass that writes, a module comes.
        const comes = calls++ % 2 === 1 && calls / 2 <= times;
        return error || !comes ? error : linker_file_foreach((file) => (file.id > 1 ? 0 : fn(file)));
      };
    };
    expect(code(() => ksymsOpen(restless(3)))).toBe('ENXIO');
    ksymsOpen(restless(2)).close();
  });
});

const snapshotOf = (fd: number, size: number): Uint8Array => {
  const bytes = new Uint8Array(size);
  read(fd, bytes, 0);
  return bytes;
};

describe('the linker', () => {
  test('the same module again counts its references', () => {
    const refs = () => kldstat().find(({ filename }) => filename === '/app/dist/a.js')?.refs;
    kldload('/app/dist/a.js', BASE, 24, rest);
    expect(refs()).toBe(2);
    expect(kldunload(kldstat()[1]!.id)).toBe(true);
    expect(refs()).toBe(1);
  });
  test('the kernel stays', () => expect(kldunload(1)).toBe(false));
  test('two modules at one place are named in a warning', async () => {
    const warned = new Promise<Error>((done) => process.once('warning', done));
    kldload('/app/other.js', BASE + 8, 8, JSON.stringify({ symbols: [], lines }));
    expect((await warned).message).toMatch('/app/other.js and /app/dist/a.js share addresses by chance');
    kldunload(kldstat().at(-1)!.id);
  });
});

describe('Symbolizer', () => {
  test('a PC, the byte before it and its call symbolize alike, in the file that a person wrote', () => {
    const symbolizer = new Symbolizer(snapshot());
    for (const back of [0n, 1n, 5n]) {
      expect(symbolizer.lookup(at(8) - back)).toMatchObject({
        symbol: 'decode',
        file: '/app/src/a.ts',
        line: 3,
        column: 3,
      });
      expect(symbolizer.lookup(at(16) - back)).toMatchObject({
        symbol: 'decode',
        file: '/app/src/a.ts',
        line: 4,
        column: 3,
      });
    }
    expect(symbolizer.lookup(at(16))?.offset).toBe(13);
    expect(formatFrame(at(8), symbolizer.lookup(at(8)))).toBe(
      '0xffffffff8010000d decode+0x5 /app/src/a.ts:3:3',
    );
  });
  test('the kernel has functions and no lines', () => {
    expect(new Symbolizer(snapshot()).lookup(0xffffffff80000001n)).toEqual({
      symbol: '__sanitizer_cov_trace_pc',
      offset: 1,
    });
  });
  test('an address outside every function is unknown', () => {
    for (const pc of [0n, at(24), 2n ** 64n - 1n])
      expect(new Symbolizer(snapshot()).lookup(pc)).toBeUndefined();
    expect(formatFrame(0n, undefined)).toBe('0x0000000000000000 ?? ??:0');
  });
  test('whatever the bytes are, it answers or says what is wrong with them', () => {
    const good = snapshot();
    const attempt = (bytes: Uint8Array): void => {
      try {
        const symbolizer = new Symbolizer(bytes);
        for (const pc of [at(0), at(8), at(16), 0xffffffff80000001n]) symbolizer.lookup(pc);
      } catch (error) {
        if (!(error instanceof ElfError)) throw error;
      }
    };
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        fc.nat(good.length),
        (edits, length) => {
          const bytes = good.slice(0, length < 40 ? good.length : length);
          for (const [offset, byte] of edits) if (offset < bytes.length) bytes[offset] = byte;
          attempt(bytes);
        },
      ),
      { numRuns: 5000, seed: 1 },
    );
    expect(() => new Symbolizer(new Uint8Array(3))).toThrow(ElfError);
  });
});
