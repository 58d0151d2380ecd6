import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { beforeAll, describe, expect, test } from 'vitest';
import { frameOf } from '../../harness/executor/frames.ts';
import type { Begin } from '../../harness/executor/messages.ts';
import { emptyFolder, MAIN, ROOT } from './kcovjs.ts';

const WORKER = join(ROOT, 'dist/harness/campaign/worker.js');
const CHILD = join(ROOT, 'dist/harness/executor/child.js');

const COMPILER = ['@babel/core', '@babel/types', 'istanbul-lib-instrument', 'source-map-support'];
const CAMPAIGN = ['dist/harness/campaign', 'dist/harness/screen', 'dist/harness/export'];
const FUZZER = ['@jazzer.js', 'dist/harness/engine/fuzz.js', 'dist/harness/feedback/session.js'];
const ASKED_FOR = ['zod', 'prom-client', '@opentelemetry', 'log-update', 'istanbul-reports'];

let cwd: string;
let env: NodeJS.ProcessEnv;

beforeAll(() => {
  cwd = emptyFolder();
  mkdirSync(join(cwd, 'in'));
  writeFileSync(join(cwd, 'in/a'), 'a');
  writeFileSync(join(cwd, 'lib.cjs'), 'exports.is = (data) => data[0] === 7;\n');
  writeFileSync(
    join(cwd, 't.mjs'),
    "import lib from './lib.cjs';\nexport const fuzz = (data) => lib.is(data);\n",
  );
  env = { ...process.env, KCOVJS_CACHE: join(cwd, 'cache') };
  const urls = loaded(MAIN, run('replay', 't.mjs', 'in/a'));
  expect(urls.join(), 'of a cold start').toContain('/@babel/core/');
});

/** A folder in which V8 says of all code that has run that it has; Node writes it as each thread ends. */
function counting(): { folder: string; env: NodeJS.ProcessEnv } {
  const folder = mkdtempSync(join(cwd, 'loaded-'));
  return { folder, env: { ...env, NODE_V8_COVERAGE: folder } };
}

function run(...args: string[]): string {
  const { folder, env } = counting();
  const { status, stderr } = spawnSync(process.execPath, [MAIN, ...args], { cwd, env, encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  return folder;
}

/** What the process has loaded, in all its threads, that began with a file. */
function loaded(entry: string, folder: string): string[] {
  const threads = readdirSync(folder).map((name) => {
    const { result } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { result: { url: string }[] };
    return { pid: name.split('-')[1], urls: result.map(({ url }) => url) };
  });
  const main = threads.find(({ urls }) => urls.includes(`file://${entry}`));
  expect(main, entry).toBeDefined();
  return threads.filter(({ pid }) => pid === main!.pid).flatMap(({ urls }) => urls);
}

const isIn = (url: string, part: string): boolean => `${url}/`.includes(`/${part}/`);
const among = (urls: readonly string[], parts: readonly string[]): string[] =>
  urls.filter((url) => parts.some((part) => isIn(url, part)));

describe('where all code is in the cache', () => {
  test('fuzz loads neither the compiler nor what campaigns need', () => {
    const urls = loaded(MAIN, run('fuzz', 't.mjs', 'corpus', '--', '-runs=1'));
    expect(among(urls, [...COMPILER, ...CAMPAIGN, ...ASKED_FOR])).toEqual([]);
    expect(among(urls, FUZZER)).not.toEqual([]);
  });

  test("a campaign's own process loads no fuzzer, and its worker no campaign's view", () => {
    const folder = run('fuzz', 't.mjs', 'corpus', '--workers', '1', '--keep-going', '--', '-runs=1');
    const [own, worker] = [loaded(MAIN, folder), loaded(WORKER, folder)];
    expect(among(own, [...COMPILER, ...FUZZER, ...ASKED_FOR, 'dist/harness/export/json.js'])).toEqual([]);
    expect(among(worker, [...COMPILER, ...ASKED_FOR, 'dist/harness/screen', 'commander'])).toEqual([]);
  });

  test('a process that executes inputs loads no compiler, no fuzzer of ours and no command', async () => {
    const { folder, env } = counting();
    const child = spawn(process.execPath, [CHILD], {
      cwd,
      env,
      stdio: ['ignore', 'ignore', 'inherit', 'pipe', 'pipe'],
    });
    const request = { target: join(cwd, 't.mjs'), filter: {}, engine: {} };
    const begin: Begin = { request, limits: { timeout: 5000, memory: 500 }, parent: process.pid };
    (child.stdio[3] as Writable).end(frameOf(begin));
    await once(child, 'exit');
    const urls = loaded(CHILD, folder);
    expect(among(urls, [...COMPILER, ...ASKED_FOR, ...CAMPAIGN, ...FUZZER.slice(1), 'commander'])).toEqual(
      [],
    );
    expect(among(urls, ['@jazzer.js'])).not.toEqual([]);
  });

  test('replay and merge load neither the compiler nor campaigns', () => {
    const folders = [run('replay', 't.mjs', 'in/a'), run('merge', 't.mjs', 'merged', 'in')];
    for (const folder of folders)
      expect(among(loaded(MAIN, folder), [...COMPILER, ...ASKED_FOR, 'dist/harness/campaign'])).toEqual([]);
  });

  test('findings loads no target, and nothing to read findings where there are none', () => {
    const urls = loaded(MAIN, run('findings', 'corpus'));
    expect(among(urls, [...COMPILER, ...FUZZER, ...ASKED_FOR])).toEqual([]);
  });
});
