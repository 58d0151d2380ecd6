import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Report } from '../../harness/bench/report.ts';
import { ALL } from '../all.ts';
import { bench, emptyFolder } from './programs.ts';

describe('a mistake of the caller is one line, and exit code 2', () => {
  test.each([
    [['--only', 'nothing'], "'nothing' is none of"],
    [['--packages', 'acorn,none'], "'none' is none of"],
    [['--bugs', ''], "'' is none of"],
    [['--repetitions', '0'], "'0' is no positive whole number"],
    [['--quick', '--full'], 'cannot be used with'],
    [['--unknown'], 'unknown option'],
    [['word'], 'too many arguments'],
    [['--out', '/dev/null/folder'], 'cannot be written'],
  ])('%j', (args, message) => {
    const { code, stdout, stderr } = bench(...args);
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});

/** Campaigns and fuzz tests have tests of their own. */
const PARTS = [
  ...['slowdown', 'callbacks'],
  ...(ALL ? ['coverage', 'start', 'rate', 'bugs', 'symbolize', 'report'] : []),
];

test(`a tiny run writes all that it measured, as JSON and as Markdown${ALL ? ', and as a chart' : ''}`, {
  timeout: 400_000,
}, () => {
  const out = emptyFolder();
  const short = ['--milliseconds', '1', '--seconds', '1', '--limit', '2'];
  const { code, stdout, stderr } = bench(
    '--quick',
    ...['--only', PARTS.join()],
    ...['--packages', 'smol-toml'],
    ...['--bugs', 'flat'],
    ...short,
    ...['--out', out],
  );
  expect(code).toBe(0);
  // Where nobody looks on, it says what it has come to, and nothing else.
  const subjects = stderr.trimEnd().split('\n');
  expect(subjects).toContain('bench: slowdown: smol-toml');
  for (const one of subjects) expect(one).toMatch(new RegExp(`^bench: (?:${PARTS.join('|')}): `));

  const report = JSON.parse(readFileSync(join(out, 'bench.json'), 'utf8')) as Report;
  expect(report).toMatchObject({
    extent: 'quick',
    packages: { 'smol-toml': expect.stringMatching(/^\d+\.\d+\.\d+$/) },
    ...(ALL && { bugs: { flat: '5.0.0' } }),
    failures: {},
    machine: {
      cpu: expect.any(String),
      cores: expect.any(Number),
      node: process.versions.node,
      load: expect.any(Number),
      jazzer: '4.0.0',
    },
  });
  const several = [expect.any(Number)];
  const stairs = expect.arrayContaining([[0, expect.any(Number)]]);
  const trials = [expect.objectContaining({ steps: stairs, runs: expect.any(Number) })];
  const starts = { instrumented: several, bare: several };
  const data: Record<string, unknown> = {
    slowdown: {
      'smol-toml': {
        milliseconds: {
          plain: several,
          disabled: several,
          pc: several,
          cmp: several,
          istanbul: several,
          peer: several,
        },
      },
    },
    rate: {
      'smol-toml': {
        rates: { ours: several, peer: several, peerSync: several, oursBare: several, peerBare: several },
      },
    },
    coverage: { 'smol-toml': { seconds: 1, trials: { ours: trials, peer: trials } } },
    bugs: { flat: { advisory: 'CVE-2020-36632', times: { ours: [expect.any(Object)] } } },
    start: { times: { ours: { cold: starts, warm: starts }, peer: { cold: starts, warm: starts } } },
    symbolize: {
      packages: { seconds: { ours: several, addr2line: several, oursUsual: several, llvm: several } },
    },
    callbacks: { 'ours, inline, pc': [{ edges: expect.any(Number), compares: expect.any(Number) }] },
    report: [10, 20, 40].map((files) => ({ files, inputs: 10 * files, bytes: expect.any(Number) })),
  };
  expect(report.data).toMatchObject(Object.fromEntries(PARTS.map((part) => [part, data[part]])));
  expect(report.goals.length).toBeGreaterThan(ALL ? 5 : 3);

  const markdown = readFileSync(join(out, 'bench.md'), 'utf8');
  for (const { goal, met } of report.goals) {
    expect(markdown).toContain(`| ${goal} |`);
    expect(stdout).toContain(goal);
    expect(met).toBeTypeOf('boolean');
  }
  if (!ALL) return;
  expect(markdown).toContain('](coverage.svg)');
  expect(readFileSync(join(out, 'coverage.svg'), 'utf8')).toMatch(/^<svg [\s\S]*smol-toml[\s\S]*<\/svg>\n$/);
});
