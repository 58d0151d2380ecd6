import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Child processes: each measurement has a fresh one, so that none inherits what the compiler learned from another. */

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

export const ROOT = path('../../..');
const KCOVJS = path('../cli/main.js');
const PEER = path('./peer.js');

export type Side = 'ours' | 'peer';
export const SIDES: readonly Side[] = ['ours', 'peer'];

export interface Command {
  args: string[];
  env?: NodeJS.ProcessEnv;
  /** Seconds after which it is ended, as something that hangs. */
  limit: number;
}

export interface Ran {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** From the start of the process to its end. */
  seconds: number;
  /** When it was started, in milliseconds since 1970, as `performance.timeOrigin` counts. */
  started: number;
  stdout: string;
  stderr: string;
}

/**
 * Runs Node in a process of its own. It runs elsewhere than in the project: Babel, by which the peer compiles, would
 * take the project's own configuration, and with it our instrumentation.
 */
export async function run({ args, env = {}, limit }: Command): Promise<Ran> {
  const started = performance.timeOrigin + performance.now();
  // Not a pipe: Node makes those return at once where they are full, and what libFuzzer prints then is lost.
  const log = join(tmpdir(), `kcovjs-bench-${process.pid}-${randomUUID()}.log`);
  const stderr = openSync(log, 'wx');
  try {
    const child = spawn(process.execPath, args, {
      cwd: tmpdir(),
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', stderr],
    });
    let stdout = '';
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    const alarm = setTimeout(() => child.kill('SIGKILL'), limit * 1000);
    const [code, signal] = (await once(child, 'close')) as [Ran['code'], Ran['signal']];
    clearTimeout(alarm);
    const seconds = (performance.timeOrigin + performance.now() - started) / 1000;
    return { code, signal, seconds, started, stdout, stderr: readFileSync(log, 'utf8') };
  } finally {
    closeSync(stderr);
    rmSync(log);
  }
}

export interface FuzzCommand {
  target: string;
  /** Parts of the paths that are instrumented. */
  include: readonly string[];
  /** Which loop the peer is told to take; ours chooses by itself. By default the fast one. */
  loop?: 'sync' | 'async';
  /** Bug detectors; on by default, as both come. */
  detectors?: boolean;
  /** Milliseconds that one run may take. */
  timeout?: number;
  /** Folders of inputs; new ones go to the first. */
  corpus?: readonly string[];
  /** libFuzzer's. */
  flags: readonly string[];
}

/** The command line of either fuzzer for the same task: what a user of it would type. */
export function fuzzArguments(side: Side, command: FuzzCommand): string[] {
  const { target, include, loop = 'sync', detectors = true, timeout, corpus = [], flags } = command;
  const common = [
    target,
    ...corpus,
    ...include.flatMap((part) => ['-i', part]),
    ...(timeout === undefined ? [] : [`--timeout=${timeout}`]),
  ];
  if (side === 'ours')
    return [KCOVJS, 'fuzz', ...common, ...(detectors ? [] : ['--disable-bug-detectors=.*']), '--', ...flags];
  return [
    PEER,
    ...common,
    ...(loop === 'sync' ? ['--sync'] : []),
    ...(detectors ? [] : ['--disableBugDetectors=.*']),
    '--',
    ...flags,
  ];
}

/** Runs either fuzzer. */
export const runFuzzer = (side: Side, command: FuzzCommand, rest: Omit<Command, 'args'>): Promise<Ran> =>
  run({ args: fuzzArguments(side, command), ...rest });

/** The error of a measurement that gave nothing, with what its process said last. */
export function failure(what: string, { code, signal, stderr }: Ran): Error {
  const last = stderr.trim().split('\n').slice(-5).join('\n');
  return new Error(`${what}: the process ended with ${signal ?? `code ${code}`}\n${last}`);
}

/** Runs a module of the benchmark and reads the JSON that it prints as its last line. */
export async function runModule<T>(module: string, request: object, limit: number): Promise<T> {
  const ran = await run({ args: ['--expose-gc', path(`./${module}.js`), JSON.stringify(request)], limit });
  const last = ran.stdout.trim().split('\n').at(-1) ?? '';
  if (ran.code !== 0 || last === '') throw failure(module, ran);
  return JSON.parse(last) as T;
}
