import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { faultOf } from '../../harness/executor/death.ts';
import { choice, executorOf, run, written } from './targets.ts';

const target = choice({
  error: `throw new TypeError('bad ' + data.length);`,
  text: `throw 'only text';`,
  detector: `require('child_process').execSync('jaz_zer');`,
  rejection: `Promise.reject(new Error('nobody cares'));`,
  reason: `Promise.reject('a word');`,
  timer: `setTimeout(() => { throw new Error('late'); }); return new Promise(() => {});`,
  microtask: `queueMicrotask(() => { throw new Error('soon'); });`,
  handled: `const p = Promise.reject(new Error('in time')); Promise.resolve().then(() => p.catch(() => {}));`,
  promise: `return Promise.reject(new RangeError('awaited'));`,
  never: `return new Promise(() => {});`,
  exit: `process.exit(3);`,
  reallyExit: `process.reallyExit(4);`,
  code: `process.exitCode = 5; process.exit();`,
  abort: `process.abort();`,
  kill: `process.kill(process.pid, 'SIGSEGV'); for (;;);`,
  term: `process.kill(process.pid); return new Promise(() => {});`,
  grow: `const kept = []; for (;;) kept.push(new Array(1000).fill(data));`,
  buffers: `const kept = []; for (;;) kept.push(Buffer.alloc(1 << 20, 1));`,
});
const executor = executorOf(target, { timeout: 10_000 });
const impatient = executorOf(target, { timeout: 500 });

describe('a fault that its process survives', () => {
  test.each([
    ['error', 'error', 'TypeError', /^bad 5$/],
    ['text', 'error', 'thrown', /^only text$/],
    ['detector', 'detector', 'Error', /Command Injection/],
    ['rejection', 'rejection', 'Error', /^nobody cares$/],
    ['reason', 'rejection', 'thrown', /^a word$/],
    ['timer', 'rejection', 'Error', /^late$/],
    ['microtask', 'rejection', 'Error', /^soon$/],
    ['promise', 'error', 'RangeError', /^awaited$/],
  ])('%s', async (input, kind, name, message) => {
    const { fault } = await run(executor, input);
    expect(fault).toMatchObject({ kind, error: { name, message: expect.stringMatching(message) } });
  });

  test.each(['handled', 'nothing of this name'])('is none: %s', async (input) => {
    expect((await run(executor, input)).fault).toBeNull();
  });

  test('has the stack of the code under test and nothing else', async () => {
    const { fault } = await run(executor, 'error');
    expect(fault?.error.stack).toEqual([
      `at Object.error (${target}:2:21)`,
      expect.stringContaining(`at exports.fuzz (${target}:`),
    ]);
  });
});

describe('a fault that is the end of its process', () => {
  test.each([
    ['exit', 'exit', 'exit', 'process.exit(3)'],
    ['reallyExit', 'exit', 'exit', 'process.exit(4)'],
    ['code', 'exit', 'exit', 'process.exit(5)'],
    ['abort', 'crash', 'SIGABRT', 'process.abort()'],
    ['kill', 'crash', 'SIGSEGV', "process.kill(process.pid, 'SIGSEGV')"],
    ['term', 'crash', 'SIGTERM', "process.kill(process.pid, 'SIGTERM')"],
    ['buffers', 'oom', 'out of memory', 'the process held more than 600 MB'],
  ])('%s has a stack', async (input, kind, name, message) => {
    const { fault } = await run(executor, input);
    expect(fault).toMatchObject({ kind, error: { name, message } });
    expect(fault?.error.stack.at(-1)).toContain(`at exports.fuzz (${target}:`);
    expect(fault?.error.stack[0]).toContain(`${input} (${target}:`);
    expect((await run(executor, '')).fault).toBeNull();
  });

  test('a heap that grows is out of memory; its stack is known where V8 can be stopped meanwhile', async () => {
    const { fault } = await run(executor, 'grow');
    const message = 'the process held more than 600 MB';
    expect(fault).toMatchObject({ kind: 'oom', error: { name: 'out of memory', message } });
    for (const frame of fault!.error.stack) expect(frame).toContain(target);
  });

  test('a promise that never settles has none', async () => {
    const { fault } = await run(impatient, 'never');
    expect(fault).toMatchObject({ kind: 'timeout', error: { name: 'timeout', stack: [] } });
    expect(fault?.error.message).toMatch(/^a run took longer than 500 ms: what it waits for never comes$/);
  });

  test('killed from outside, it is a crash by the name of the signal', async () => {
    const path = written(`exports.fuzz = () => {
      require('child_process').execFileSync('sh', ['-c', 'kill -BUS ' + process.pid]); for (;;);
    };`);
    expect((await run(executorOf(path), '')).fault).toMatchObject({
      kind: 'crash',
      error: { name: 'SIGBUS' },
    });
  });
});

test('V8 that runs out of memory before the process does is out of memory', () => {
  const grow = 'const kept = []; for (;;) kept.push([kept.length, {}]);';
  const { signal, status, stderr } = spawnSync(process.execPath, ['--max-old-space-size=30', '-e', grow], {
    encoding: 'utf8',
  });
  const fault = faultOf({
    signal,
    code: status,
    stderr: stderr.slice(-4096),
    words: undefined,
    silent: false,
  });
  expect(fault).toMatchObject({ kind: 'oom', error: { name: 'out of memory', stack: [] } });
});

test('memory that others have filled is not held against an input', async () => {
  const path = written(`const kept = []; exports.fuzz = () => { kept.push(Buffer.alloc(200 << 20, 1)); };`);
  const leaking = executorOf(path);
  for (let i = 0; i < 5; i++) expect((await run(leaking, `${i}`)).fault).toBeNull();
});
