import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
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
export function run({ args, env = {}, limit }: Command): Promise<Ran> {
  const started = performance.timeOrigin + performance.now();
  const child = spawn(process.execPath, args, {
    cwd: tmpdir(),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      // A fuzzer that prints without end must not fill our memory; its last words are those that count.
      output[name] = (output[name] + text).slice(-1_000_000);
    });
  const alarm = setTimeout(() => child.kill('SIGKILL'), limit * 1000);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(alarm);
      const seconds = (performance.timeOrigin + performance.now() - started) / 1000;
      resolve({ code, signal, seconds, started, ...output });
    });
  });
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

/** libFuzzer's first line. */
const began = ({ stderr }: Ran): boolean => stderr.includes('INFO: Seed: ');
const ATTEMPTS = 3;

/**
 * Runs either fuzzer. On a busy machine a process of the peer's has been seen to end with code 0 and nothing done.
 * Where libFuzzer did not even begin, that says nothing of its speed, and it is started again; one of ours that did
 * so would be our failure.
 */
export async function runFuzzer(
  side: Side,
  command: FuzzCommand,
  { env, limit }: Pick<Command, 'env' | 'limit'>,
): Promise<Ran> {
  const args = fuzzArguments(side, command);
  for (let attempt = 1; ; attempt++) {
    const ran = await run({ args, limit, ...(env && { env }) });
    if (side === 'ours' || attempt === ATTEMPTS || ran.code !== 0 || began(ran)) return ran;
  }
}

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
