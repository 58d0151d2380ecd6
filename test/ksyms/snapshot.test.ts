import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ElfError, Symbolizer, snapshot } from '../../harness/index.ts';
import { formatFrame } from '../../harness/symbolize/format.ts';
import { address, pcLow } from '../../src/abi/text.ts';
import { kldload } from '../../src/ksyms/linker.ts';
import fc from '../fast-check.ts';

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
