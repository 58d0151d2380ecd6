import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const MAIN = resolve(import.meta.dirname, '../../dist/harness/bench/main.js');

/** Compiled modules of the benchmark, whose children are compiled too. */
export const dist = <T>(module: string): Promise<T> =>
  import(resolve(import.meta.dirname, '../../dist/harness/bench', module)) as Promise<T>;

export const emptyFolder = (): string => mkdtempSync(join(tmpdir(), 'kcovjs-bench-test-'));

export function bench(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' });
  return { code: status, stdout, stderr };
}
