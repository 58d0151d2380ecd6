import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { Symbolizer } from '../../harness/index.ts';
import { CALL_SIZE, SITE_SIZE } from '../../src/abi/text.ts';
import { kcovjs, ROOT } from '../cli/kcovjs.ts';

const folder = mkdtempSync(join(tmpdir(), 'kcovjs-debug-'));
const ELF = join(folder, 'debug.elf');
const tool = (name: string, ...args: string[]): string =>
  execFileSync(name, args, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'pipe'],
  });

interface Expected {
  pc: string;
  symbol: string;
  file: string;
  line: number;
  column: number;
}
let expected: Expected[];

beforeAll(() => {
  const target = [
    join(ROOT, 'harness/targets/json5.ts'),
    '-i',
    'node_modules/json5/',
    '-i',
    'harness/targets/',
  ];
  expect(kcovjs(['ksyms', ...target, '-o', 'k.elf'], { cwd: folder }).code).toBe(0);
  expect(kcovjs(['ksyms', ...target, '--debug', '-o', ELF], { cwd: folder }).code).toBe(0);
  // What native tools are held against is the snapshot, which has no DWARF.
  const symbolizer = new Symbolizer(readFileSync(join(folder, 'k.elf')));
  expected = symbolizer.functions().flatMap(({ address, size }) =>
    Array.from({ length: size / SITE_SIZE }, (_, i) => address + BigInt(i * SITE_SIZE + 5)).flatMap((pc) => {
      const frame = symbolizer.lookup(pc);
      return frame?.file === undefined
        ? []
        : [
            {
              pc: `0x${pc.toString(16)}`,
              symbol: frame.symbol,
              file: frame.file,
              line: frame.line!,
              column: frame.column!,
            },
          ];
    }),
  );
});

describe('every site symbolizes as with us, TypeScript included', () => {
  const pcs = (): string[] => expected.map(({ pc }) => pc);
  const rows = (text: string): string[] => text.trimEnd().split('\n');

  test('the sites are of compiled JavaScript and of TypeScript', () => {
    expect(expected.length).toBeGreaterThan(300);
    expect(expected.some(({ file }) => file.endsWith('targets/json5.ts'))).toBe(true);
  });
  test('GNU addr2line', () => {
    const got = rows(tool('addr2line', '-f', '-e', ELF, ...pcs()).replace(/ \(discriminator \d+\)/g, ''));
    expect(got).toEqual(expected.flatMap(({ symbol, file, line }) => [symbol, `${file}:${line}`]));
  });
  test('eu-addr2line', () => {
    const got = rows(tool('eu-addr2line', '-f', '-e', ELF, ...pcs()));
    expect(got).toEqual(
      expected.flatMap(({ symbol, file, line, column }) => [symbol, `${file}:${line}:${column}`]),
    );
  });
  test('llvm-symbolizer', () => {
    const got = tool('llvm-symbolizer', '-e', ELF, ...pcs())
      .trimEnd()
      .split('\n\n');
    expect(got).toEqual(
      expected.map(({ symbol, file, line, column }) => `${symbol}\n${file}:${line}:${column}`),
    );
  });
  test('gdb, for some', () => {
    const some = expected.filter((_, i) => i % 40 === 0);
    const commands = some.flatMap(({ pc }) => ['-ex', `info line *${pc}`, '-ex', `info symbol ${pc}`]);
    const got = tool('gdb', '-nx', '-batch', ...commands, ELF);
    for (const { symbol, file, line } of some) {
      expect(got).toContain(`Line ${line} of "${file}"`);
      expect(got).toMatch(
        new RegExp(`^${symbol.replace(/[.<>$]/g, '\\$&')}(?: \\+ 5| \\+ \\d+)? in section`, 'm'),
      );
    }
  });
});

test('we read it as we read the snapshot', () => {
  const [snapshot, debug] = ['k.elf', 'debug.elf'].map(
    (name) => new Symbolizer(readFileSync(join(folder, name))),
  );
  expect(debug!.functions()).toEqual(snapshot!.functions());
  expect(debug!.modules().map(({ file }) => file)).toEqual(snapshot!.modules().map(({ file }) => file));
  for (const { pc, ...place } of expected) {
    const { offset, ...frame } = debug!.lookup(BigInt(pc))!;
    expect(frame).toEqual(place);
    expect(offset % SITE_SIZE).toBe(CALL_SIZE);
  }
});

describe('the file is well formed', () => {
  test('eu-elflint', () => {
    expect(tool('eu-elflint', ELF)).toBe('No errors\n');
    expect(tool('eu-elflint', '--gnu-ld', ELF)).toBe('No errors\n');
  });
  test('llvm-dwarfdump --verify', () =>
    expect(tool('llvm-dwarfdump', '--verify', ELF)).toMatch(/No errors\.\s*$/));
  test('readelf reads all of it, and its lines', () => {
    expect(execFileSync('sh', ['-c', `readelf -a -W ${ELF} 2>&1 >/dev/null`], { encoding: 'utf8' })).toBe('');
    const lines = tool('readelf', '--debug-dump=decodedline', ELF);
    expect(lines).toMatch(/^CU: .*json5\.ts:$/m);
  });
  test('objdump shows a call at each site', () => {
    const calls = tool('objdump', '-d', ELF).match(/call {3}ffffffff80000000 <__sanitizer_cov_trace_pc>/g);
    expect(calls).toHaveLength(expected.length);
  });
});
