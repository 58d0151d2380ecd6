import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { findingRecord, noteRecord, statusRecord, summaryRecord } from '../export/records.ts';
import { EXIT } from '../usage.ts';

const CLI = fileURLToPath(new URL('../cli/main.js', import.meta.url));
/** Characters of what it says that are kept. */
const WORDS = 65_536;

/** What it tells of itself: the objects of `kcovjs fuzz --json`. */
export type Heard = Standing | ReturnType<typeof noteRecord> | ReturnType<typeof findingRecord>;
export type Standing = ReturnType<typeof statusRecord> | ReturnType<typeof summaryRecord>;

/**
 * Runs `kcovjs fuzz` in a process of its own.
 *
 * @returns whether it found anything
 * @throws in one line, where it failed by itself
 */
export async function fuzzProcess(
  args: readonly string[],
  signal: AbortSignal,
  hear: (heard: Heard) => void,
): Promise<boolean> {
  const child = spawn(process.execPath, [CLI, ...args], {
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop);
  process.once('exit', stop);
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-WORDS);
  });
  createInterface(child.stdout).on('line', (line) => hear(JSON.parse(line) as Heard));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  signal.removeEventListener('abort', stop);
  process.off('exit', stop);
  if (code === EXIT.finding) return true;
  if (code === EXIT.ok || signal.aborted) return false;
  throw new Error(reason(words));
}

/** What vitest has set for its own workers is not for them. */
function environment(): NodeJS.ProcessEnv {
  const { VITEST_WORKER_ID: _, VITEST_POOL_ID: __, ...env } = process.env;
  return env;
}

const reason = (words: string): string =>
  words
    .split('\n')
    .findLast((line) => line.startsWith('kcovjs: '))
    ?.slice('kcovjs: '.length) ?? `fuzzing ended: ${words.slice(-500)}`;
