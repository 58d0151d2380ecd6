import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');
export const TARGETS = join(ROOT, 'test/fixtures/targets');
export const MAIN = join(ROOT, 'dist/harness/cli/main.js');

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
  /** Where it ran: an empty folder. */
  cwd: string;
}

export const emptyFolder = (): string => mkdtempSync(join(tmpdir(), 'kcovjs-cli-'));

/** Runs the command line as a user would, in an empty folder. */
export function kcovjs(args: readonly string[], { cwd = emptyFolder(), input = '' } = {}): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    cwd,
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return { code: status, stdout, stderr, cwd };
}

/** What stands on standard error, but for what is said now and then where it takes long. */
export const withoutProgress = (stderr: string): string =>
  stderr.replace(/^kcovjs: \d+ (bytes after \d+ executions|of \d+ inputs executed.*)\n/gm, '');
