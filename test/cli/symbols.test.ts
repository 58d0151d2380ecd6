import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyFolder, kcovjs, ROOT } from './kcovjs.ts';

const TARGET = join(ROOT, 'harness/targets/json5.ts');
const INPUT = join(ROOT, 'corpus/json5/seeds/object');
const INCLUDE = ['-i', 'node_modules/json5/'];

interface Step {
  pc: string;
  symbol: string;
  offset: number;
  file: string;
  line: number;
  column: number;
}

test('replay, nm, readelf and symbolize agree on names and addresses', () => {
  const cwd = emptyFolder();
  expect(kcovjs(['ksyms', TARGET, ...INCLUDE, '-o', 'k.elf'], { cwd }).code).toBe(0);
  const { stdout } = kcovjs(['replay', TARGET, ...INCLUDE, '--json', INPUT], { cwd });
  const { trace, outcome } = JSON.parse(stdout) as { trace: Step[]; outcome: string };
  expect(outcome).toBe('ok');
  expect(trace.length).toBeGreaterThan(100);

  const tool = (name: string, ...args: string[]): string[] =>
    execFileSync(name, [...args, 'k.elf'], { cwd, encoding: 'utf8' })
      .trim()
      .split('\n');
  const nm = new Map(tool('nm', '-n').map((row) => [row.slice(0, 16), row.slice(19)]));
  const readelf = new Set(
    tool('readelf', '-s', '-W')
      .map((row) => row.trim().split(/\s+/))
      .filter((f) => f[3] === 'FUNC')
      .map((f) => `${f[1]} ${f[7]}`),
  );
  for (const { pc, symbol, offset } of trace) {
    const start = (BigInt(pc) - BigInt(offset)).toString(16);
    expect(nm.get(start)).toBe(symbol);
    expect(readelf).toContain(`${start} ${symbol}`);
  }

  const lines = trace.map(
    ({ pc, symbol, offset, file, line, column }) =>
      `${pc} ${symbol}+0x${offset.toString(16)} ${file}:${line}:${column}`,
  );
  const symbolized = kcovjs(['symbolize', '-e', 'k.elf'], {
    cwd,
    input: trace.map(({ pc }) => `${pc}\n`).join(''),
  });
  expect(symbolized.stdout.trimEnd().split('\n')).toEqual(lines);
  expect(kcovjs(['symbolize', '-e', 'k.elf', trace[0]!.pc, 'ffffffff'], { cwd }).stdout).toBe(
    `${lines[0]}\n0x00000000ffffffff ?? ??:0\n`,
  );
});

test('the snapshot is the same on every run', () => {
  const bytes = (): string => {
    const { cwd } = kcovjs(['ksyms', TARGET, ...INCLUDE, '-o', 'k.elf']);
    return execFileSync('sha256sum', ['k.elf'], { cwd, encoding: 'utf8' });
  };
  expect(bytes()).toBe(bytes());
});

test('replay prints the end of the trace, or all of it', () => {
  const cwd = emptyFolder();
  writeFileSync(join(cwd, 'input'), '[1]');
  const pcs = (...args: string[]): number =>
    kcovjs(['replay', TARGET, ...INCLUDE, 'input', ...args], { cwd }).stdout.match(/^ {4}0x[0-9a-f]{16} /gm)
      ?.length ?? 0;
  expect(pcs()).toBe(30);
  expect(pcs('--last', '0')).toBe(0);
  expect(pcs('--all')).toBeGreaterThan(30);
});
