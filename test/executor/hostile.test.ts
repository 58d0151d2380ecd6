import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { choice, executorOf, folder, run } from './targets.ts';

describe('the executor goes on, with a target that', () => {
  const executor = executorOf(
    choice({
      promise: `globalThis.Promise = class {}; throw new Error('promise');`,
      timers: `for (const name of ['setTimeout', 'setImmediate', 'setInterval', 'queueMicrotask', 'clearTimeout'])
        globalThis[name] = () => { throw new Error('patched'); };
        performance.now = Date.now = () => NaN; throw new Error('timers');`,
      exits: `process.exit = process.reallyExit = process.abort = () => {}; process.exit(1); throw new Error('exits');`,
      atomics: `for (const name of ['store', 'load']) Atomics[name] = () => { throw new Error('patched'); }; throw new Error('atomics');`,
      json: `JSON.stringify = JSON.parse = () => { throw new Error('patched'); }; throw new Error('json');`,
      fs: `const fs = require('fs'); for (const name of Object.keys(fs)) if (typeof fs[name] === 'function') fs[name] = () => { throw new Error('patched'); };
        throw new Error('fs');`,
      listeners: `process.removeAllListeners(); throw new Error('listeners');`,
      error: `Error.stackTraceLimit = 0; globalThis.Error = undefined; throw 'error';`,
      chdir: `process.chdir('/'); throw new Error('chdir');`,
      frozen: `Object.freeze(process); Object.freeze(globalThis); throw new Error('frozen');`,
      leaks: `setInterval(() => {}, 1); throw new Error('leaks');`,
    }),
  );
  test.each([
    'promise',
    'timers',
    'exits',
    'atomics',
    'json',
    'fs',
    'listeners',
    'error',
    'chdir',
    'frozen',
    'leaks',
  ])('patches, or leaves behind: %s', async (input) => {
    const seen = await run(executor, input, { fresh: true });
    expect(seen.fault).toMatchObject({ kind: 'error' });
    expect(seen.fault?.error.message).toBe(input);
    expect((await run(executor, 'nothing')).fault).toBeNull();
    expect((await run(executor, 'rest', { trace: true })).fault).toBeNull();
  });
});

test('prototypes that are taken apart are at most a fault of the input that did it', async () => {
  const executor = executorOf(
    choice({
      arrays: `for (const name of Object.getOwnPropertyNames(Array.prototype)) if (name !== 'constructor') try { Array.prototype[name] = null; } catch {}`,
      buffers: `Buffer.prototype.readUInt32LE = Buffer.prototype.copy = Buffer.allocUnsafe = null;`,
      chains: `Promise.prototype.then = null;`,
    }),
  );
  for (const input of ['arrays', 'buffers', 'chains']) {
    await run(executor, 'nothing');
    const { fault } = await run(executor, input);
    expect([null, 'exit', 'timeout', 'error']).toContain(fault?.kind ?? null);
    expect((await run(executor, 'nothing')).fault, input).toBeNull();
  }
});

test('closed descriptors are a fault of the input that closed them', async () => {
  const executor = executorOf(
    choice({
      close: `const fs = require('fs'); for (let fd = 0; fd < 64; fd++) try { fs.closeSync(fd); } catch {}`,
    }),
  );
  await run(executor, 'nothing');
  expect((await run(executor, 'close')).fault).not.toBeNull();
  expect((await run(executor, 'nothing')).fault).toBeNull();
});

test('what is written to the descriptors of the executor is no result', async () => {
  const executor = executorOf(
    choice({
      3: `require('fs').writeSync(3, 'x'.repeat(100));`,
      4: `require('fs').writeSync(4, 'x'.repeat(100));`,
    }),
  );
  expect((await run(executor, '3')).fault).not.toBeNull();
  await run(executor, '4');
  expect((await run(executor, 'nothing')).fault).toBeNull();
});

test('much output of a target goes nowhere, and holds nothing up', async () => {
  const executor = executorOf(
    choice({
      much: `const line = 'x'.repeat(1 << 16); for (let i = 0; i < 200; i++) { process.stdout.write(line); process.stderr.write(line); }`,
    }),
    { timeout: 30_000 },
  );
  expect((await run(executor, 'much')).fault).toBeNull();
});

test('an error of a timer that an earlier input left behind is not the next one’s', async () => {
  const executor = executorOf(
    choice({ leave: `setTimeout(() => { throw new Error('left behind'); }, 30);` }),
  );
  expect((await run(executor, 'leave')).fault).toBeNull();
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect((await run(executor, 'nothing')).fault).toBeNull();
});

test('a target that has a process of its own started takes it with it', async () => {
  const mark = join(folder(), 'mark');
  const executor = executorOf(
    choice({
      start: `require('child_process').spawn('sh', ['-c', 'sleep 3; touch ' + String(data).slice(6)], { stdio: 'inherit' }); require('child_process').execSync('kill -9 ' + process.pid);`,
    }),
  );
  expect((await run(executor, `start ${mark}`)).fault?.kind).toBe('crash');
  await new Promise((resolve) => setTimeout(resolve, 4000));
  expect(existsSync(mark)).toBe(false);
});
