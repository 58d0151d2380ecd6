import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { addonPath } from '../../harness/engine/addon.ts';
import { RelinkError, relink } from '../../harness/engine/relink.ts';

const folder = mkdtempSync(join(tmpdir(), 'kcovjs-relink-'));
afterAll(() => rmSync(folder, { recursive: true }));

const prebuilt = (arch: string) => readFileSync(join(dirname(addonPath()), `fuzzer-linux-${arch}.node`));

function readelf(bytes: Uint8Array, ...flags: string[]): string {
  const path = join(folder, 'addon.node');
  writeFileSync(path, bytes);
  return execFileSync('readelf', ['-W', ...flags, path], { encoding: 'utf8' });
}

const undefinedSymbols = (bytes: Uint8Array): string[][] =>
  readelf(bytes, '--dyn-syms')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[6] === 'UND')
    .map((fields) => [fields[4]!, fields[7]!]);

describe.each([
  ['x64', 'GLIBC_2.2.5'],
  ['arm64', 'GLIBC_2.17'],
])('relinking the addon for linux-%s', (arch, base) => {
  const original = prebuilt(arch);
  const copy = relink(original);

  it('leaves no need that glibc 2.34 and the libstdc++ of GCC 11 do not meet', () => {
    expect(readelf(original, '-V')).toContain('GLIBC_2.38');
    const needs = readelf(copy, '-V').matchAll(/Name: (GLIBC|GLIBCXX)_([\d.]+)/g);
    const limits: Record<string, number[]> = { GLIBC: [2, 34, 0], GLIBCXX: [3, 4, 29] };
    for (const [, library, version] of needs) {
      const rank = (parts: number[]) => parts.reduce((sum, part, i) => sum + part * 1000 ** (2 - i), 0);
      expect(rank(version!.split('.').map(Number)), `${library}_${version}`).toBeLessThanOrEqual(
        rank(limits[library!]!),
      );
    }
  });

  it('changes the four symbols and no other', () => {
    const before = undefinedSymbols(original).map(String);
    const after = undefinedSymbols(copy).map(String);
    expect(after.filter((line) => !before.includes(line)).sort()).toEqual([
      'GLOBAL,_ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE@GLIBCXX_3.4.11',
      `GLOBAL,strtol@${base}`,
      `GLOBAL,strtoul@${base}`,
      'WEAK,_ZSt21ios_base_library_initv@GLIBCXX_3.4',
    ]);
    expect(after).toHaveLength(before.length);
  });

  it('touches dynamic tables only: few bytes, the same size, the input unchanged', () => {
    expect(copy.length).toBe(original.length);
    expect(original.equals(prebuilt(arch))).toBe(true);
    const changed = copy.filter((byte, i) => byte !== original[i]).length;
    expect(changed).toBeGreaterThan(0);
    expect(changed).toBeLessThan(40);
  });
});

describe('what is not the expected file is refused by name', () => {
  const original = prebuilt('x64');
  const mutate = (edit: (bytes: Buffer) => void): Buffer => {
    const bytes = Buffer.from(original);
    edit(bytes);
    return bytes;
  };

  it.each([
    ['nothing', Buffer.alloc(0), 'not a 64-bit'],
    ['text', Buffer.alloc(200, 'x'), 'not a 64-bit'],
    ['another machine', mutate((bytes) => bytes.writeUInt16LE(8, 18)), 'machine 8'],
    ['half a file', original.subarray(0, original.length / 2), 'cut short'],
    ['a file without sections', mutate((bytes) => bytes.writeUInt16LE(0, 60)), 'no dynamic symbols'],
    ['a file that was relinked before', relink(original), 'does not need GLIBC_2.38'],
  ])('%s', (_, bytes, message) => {
    expect(() => relink(bytes)).toThrow(RelinkError);
    expect(() => relink(bytes)).toThrow(message);
  });

  it('an addon in which one more symbol needs the new version', () => {
    // strtol under a name of its own, as if a later build had drawn in another C23 function.
    const at = original.indexOf('__isoc23_strtol\0');
    const bytes = mutate((copy) => copy.write('X', at));
    expect(() => relink(bytes)).toThrow('X_isoc23_strtol needs GLIBC_2.38');
  });
});
