import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ALL } from '../all.ts';
import { emptyFolder, kcovjs, ROOT } from '../cli/kcovjs.ts';

/**
 * Our own fuzzer on our own reader of snapshots: no input hangs it, exhausts memory, or throws anything but its own
 * error. KCOVJS_FUZZ_SECONDS=600 fuzzes for so long instead of 20,000 runs.
 */
const SECONDS = Number(process.env['KCOVJS_FUZZ_SECONDS'] ?? 0);
const BUDGET = SECONDS > 0 ? [`-max_total_time=${SECONDS}`] : ['-runs=20000', '-max_total_time=60'];

const TARGET = 'harness/targets/elf.ts';
const INCLUDE = ['-i', '/harness/symbolize/', '-i', '/harness/targets/'];
const INPUTS = ['seeds', 'regressions'].map((folder) => join(ROOT, 'corpus/elf', folder));
const LIMITS = ['-timeout=5', '-rss_limit_mb=1024', '-malloc_limit_mb=512'];

/** Fuzzes the target of `project`; new inputs and findings lie in the folder where it ran. */
function fuzz(project: string, budget: readonly string[]) {
  const cwd = emptyFolder();
  mkdirSync(join(cwd, 'corpus'));
  const flags = [...budget, ...LIMITS, `-dict=${join(ROOT, 'corpus/elf.dict')}`];
  return kcovjs(['fuzz', join(project, TARGET), ...INCLUDE, 'corpus', ...INPUTS, '--', ...flags], { cwd });
}

const findings = (cwd: string): string[] =>
  readdirSync(cwd).filter((name) => /^(crash|timeout|oom|leak)-/.test(name));

test(
  'nothing is found in it, what is fuzzed is the reader itself, and nearly all of it is reached',
  () => {
    const { code, stderr, cwd } = fuzz(ROOT, BUDGET);
    expect({ code, findings: findings(cwd) }, stderr.slice(-2000)).toEqual({ code: 0, findings: [] });
    const features = [...stderr.matchAll(/^#\d+\t(?:INITED|DONE) +cov: (\d+) ft: (\d+)/gm)];
    const [start, end] = features.map(([, cov, ft]) => ({ cov: Number(cov), ft: Number(ft) }));
    expect(end!.cov).toBeGreaterThan(start!.cov);
    expect(end!.ft).toBeGreaterThan(start!.ft);

    const report = ['report', join(ROOT, TARGET), ...INCLUDE, '-o', 'report', '--format', 'json'];
    expect(kcovjs([...report, 'corpus', ...INPUTS], { cwd }).code).toBe(0);
    const coverage = JSON.parse(readFileSync(join(cwd, 'report/coverage-final.json'), 'utf8')) as Record<
      string,
      { s: Record<string, number> }
    >;
    const reached = new Map(
      Object.entries(coverage).map(([path, { s }]) => {
        const counts = Object.values(s);
        return [relative(ROOT, path), counts.filter((count) => count > 0).length / counts.length];
      }),
    );
    for (const file of ['elf.ts', 'functions.ts', 'line-table.ts', 'symbolizer.ts'])
      expect(reached.get(`harness/symbolize/${file}`), file).toBeGreaterThan(0.9);
  },
  120_000 + 2000 * SECONDS,
);

/** Each is a check of the reader, and what stands there without it. */
const BUGS: [string, string, string, string, RegExp][] = [
  [
    'section headers may reach beyond the end',
    'elf.ts',
    'start + length > this.#bytes.length',
    'start > this.#bytes.length',
    /RangeError: Offset is outside the bounds of the DataView/,
  ],
  [
    'the symbol table may end within a symbol',
    'elf.ts',
    ' || symtab.size % SYM_SIZE !== 0',
    '',
    /RangeError: Offset is outside the bounds of the DataView|TypeError: Cannot set properties of undefined/,
  ],
  [
    'sh_link may name no section',
    'elf.ts',
    'strtab?.type !== SHT_STRTAB',
    'strtab!.type !== SHT_STRTAB',
    /TypeError: Cannot read properties of undefined/,
  ],
  [
    'mappings may be numbers that nobody has checked',
    'line-table.ts',
    "if (typeof mappings !== 'string')",
    'if (false)',
    /a frame with half a place/,
  ],
  ['a search may not end', 'functions.ts', 'first = middle + 1', 'first = middle', /libFuzzer: timeout/],
];

describe('a reader that lacks one of its checks is caught', () => {
  test.each(BUGS.slice(0, ALL ? BUGS.length : 2))('%s', (_, file, check, without, message) => {
    const project = emptyFolder();
    for (const folder of ['harness/symbolize', 'harness/targets', 'src/abi'])
      cpSync(join(ROOT, folder), join(project, folder), { recursive: true });
    cpSync(join(ROOT, 'package.json'), join(project, 'package.json'));
    symlinkSync(join(ROOT, 'node_modules'), join(project, 'node_modules'));
    const path = join(project, 'harness/symbolize', file);
    const code = readFileSync(path, 'utf8');
    expect(code).toContain(check);
    writeFileSync(path, code.replace(check, without));

    const found = fuzz(project, ['-max_total_time=90']);
    expect(found.stderr).toMatch(message);
    expect(found.code).toBe(77);
    expect(findings(found.cwd)).toHaveLength(1);
  });
});
