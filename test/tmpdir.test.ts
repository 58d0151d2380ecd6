import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import setup from './tmpdir.ts';

const child = (): string =>
  execFileSync(process.execPath, ['-p', 'os.tmpdir()'], { encoding: 'utf8' }).trimEnd();

test('tests and the processes that they start share one temporary folder of this run', () => {
  expect(basename(tmpdir())).toMatch(/^kcovjs-test-/);
  expect(child()).toBe(tmpdir());
});

test('it is gone when the run ends, with all that is in it, and TMPDIR is what it was', () => {
  const before = tmpdir();
  const teardown = setup();
  const own = tmpdir();
  expect(own.startsWith(`${before}/`)).toBe(true);
  execFileSync('sh', ['-c', 'mkdir -p "$TMPDIR/a/b" && echo x > "$TMPDIR/a/b/file"']);
  expect(existsSync(`${own}/a/b/file`)).toBe(true);
  teardown();
  expect([tmpdir(), existsSync(own), existsSync(before)]).toEqual([before, false, true]);
});
