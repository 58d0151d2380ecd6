import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyFolder, kcovjs, ROOT } from '../cli/kcovjs.ts';

const TARGET = join(ROOT, 'harness/targets/usb.ts');
const BUG = 'RangeError: Offset is outside the bounds of the DataView';

/** From a device that has nothing but its first descriptor. */
function fuzz(flags: string[], limits: string[]) {
  const cwd = emptyFolder();
  mkdirSync(join(cwd, 'corpus'));
  const options = [`-dict=${join(ROOT, 'corpus/usb/usb.dict')}`, '-max_len=256', '-seed=1'];
  mkdirSync(join(cwd, 'seeds'));
  copyFileSync(join(ROOT, 'corpus/usb/seeds/device'), join(cwd, 'seeds/device'));
  const ran = kcovjs(['fuzz', TARGET, ...flags, 'corpus', 'seeds', '--', ...options, ...limits], { cwd });
  const covered = [...ran.stderr.matchAll(/cov: (\d+)/g)].map(([, cov]) => Number(cov));
  return { ...ran, cov: Math.max(...covered) };
}

test('the bug in the hub thread is found with the feedback of its remote section', () => {
  const { code, stderr, cwd, cov } = fuzz([], ['-max_total_time=150']);
  expect(stderr).toContain(BUG);
  expect(code).toBe(77);
  expect(cov).toBeGreaterThan(30);
  const found = readdirSync(cwd).find((name) => name.startsWith('crash-'))!;

  const replayed = kcovjs(['replay', TARGET, found], { cwd });
  expect(replayed.stdout).toContain(BUG);
  expect(replayed.stdout).toMatch(/remote section 0\/1: \d+ PCs/);
  expect(replayed.stdout).toContain('harness/targets/usb/descriptors.mjs');
});

test('and without it the fuzzer sees nothing of the hub: no input is new to it', () => {
  const { code, stderr, cov } = fuzz(['--no-remote'], ['-runs=10000']);
  expect(stderr).not.toContain(BUG);
  expect(stderr).not.toMatch(/\bNEW\b/);
  expect(code).toBe(0);
  expect(cov).toBeLessThan(10);
});

test('a report of its corpus covers the code of the hub thread', () => {
  const { stdout, code } = kcovjs(['report', TARGET, join(ROOT, 'corpus/usb'), '--format', 'text']);
  expect(code).toBe(0);
  const lines = Object.fromEntries(
    [...stdout.matchAll(/^ +(\S+) +\| +([\d.]+)/gm)].map(([, file, percent]) => [file, Number(percent)]),
  );
  expect(lines['descriptors.mjs']).toBeGreaterThan(50);
  expect(lines['hub.mjs']).toBeGreaterThan(30);
});
