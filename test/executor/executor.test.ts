import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TARGETS } from '../cli/kcovjs.ts';
import { built } from '../engine/by-hand.ts';
import { executorOf, folder, LIMITS, run, written } from './targets.ts';

const BRANCHES = written(`
let count = 0;
exports.fuzz = (data) => {
  count++;
  if (data[0] === 65) return 'A';
  if (data[0] === 67) throw new Error('run ' + count);
  for (let i = 0; i < data.length; i++) if (data[i] === 66) return 'B';
};
`);

describe('what is executed', () => {
  test('runs in one process, one after the other, in the order in which it was asked for', async () => {
    const executor = executorOf(BRANCHES);
    const faults = await Promise.all(['C', 'C', 'x', 'C'].map((input) => run(executor, input)));
    expect(faults.map(({ fault }) => fault?.error.message)).toEqual(['run 1', 'run 2', undefined, 'run 4']);
  });

  test('runs in a process that nothing has touched, where that is asked for', async () => {
    const executor = executorOf(BRANCHES);
    await run(executor, 'C');
    expect((await run(executor, 'C', { fresh: true })).fault?.error.message).toBe('run 1');
    await executor.restart();
    expect((await run(executor, 'C')).fault?.error.message).toBe('run 1');
  });

  test('has its PCs, each once, the same each time', async () => {
    const executor = executorOf(BRANCHES);
    const [a, again, b, untraced] = await Promise.all([
      run(executor, 'A', { trace: true }),
      run(executor, 'A', { trace: true }),
      run(executor, `${'x'.repeat(1000)}B`, { trace: true }),
      run(executor, 'A'),
    ]);
    expect(a!.pcs.length).toBeGreaterThan(1);
    expect(new Set(a!.pcs).size).toBe(a!.pcs.length);
    expect([...again!.pcs]).toEqual([...a!.pcs]);
    expect([...b!.pcs].filter((pc) => !a!.pcs.includes(pc)).length).toBeGreaterThan(0);
    expect(b!.pcs.length).toBeLessThan(20);
    expect(untraced!.pcs).toHaveLength(0);
    expect(a!.overflowed).toBe(false);
  });

  test('has all of its PCs, also where the buffer does not hold them', async () => {
    const path = written(`exports.fuzz = (data) => {
      let odd = 0;
      for (let i = 0; i < Number(data); i++) if (i % 2) odd++;
      if (odd === Number(data) / 2) return 'reached at the end';
    };`);
    const executor = executorOf(path, { timeout: 60_000 });
    const few = await run(executor, '4', { trace: true });
    const many = await run(executor, '300000', { trace: true });
    expect(many.overflowed).toBe(false);
    expect([...many.pcs].sort()).toEqual([...few.pcs].sort());
  });

  test('has the PCs of an input that fails too', async () => {
    const { fault, pcs } = await run(executorOf(BRANCHES), 'C', { trace: true });
    expect(fault?.kind).toBe('error');
    expect(pcs.length).toBeGreaterThan(1);
  });

  test('finds its input as a Buffer with memory of its own', async () => {
    const path = written(`exports.fuzz = (data) => {
      throw new Error([Buffer.isBuffer(data), data.byteOffset, data.buffer.byteLength, data.toString()].join());
    };`);
    expect((await run(executorOf(path), 'abc')).fault?.error.message).toBe('true,0,3,abc');
  });

  test.each(['callback.cjs', 'promise.mjs', 'default-export.ts'])('may be of any kind: %s', async (name) => {
    expect((await run(executorOf(join(TARGETS, name)), 'x')).fault).toBeNull();
  });
});

describe('a target that cannot be loaded is refused in one line', () => {
  test.each<[string, string, RegExp]>([
    ['that is not there', '/nowhere/t.js', /^\/nowhere\/t\.js: no such target/],
    ['without a function', join(TARGETS, 'no-fuzz.mjs'), /no-fuzz\.mjs: does not export a function 'fuzz'/],
    [
      'with an error',
      written(`throw new TypeError('at the start');`),
      /cannot be loaded: TypeError: at the start/,
    ],
    ['that exits', written(`process.exit(3);`), /cannot be loaded: process\.exit\(3\)/],
    ['that dies', written(`process.kill(process.pid, 'SIGKILL'); for (;;);`), /cannot be loaded: .*SIGKILL/],
  ])('%s', async (_, path, message) => {
    const executor = executorOf(path);
    const error = await run(executor, '').catch((reason: Error) => reason);
    expect(error).toMatchObject({ name: 'UsageError', message: expect.stringMatching(message) });
    expect((error as Error).message).not.toContain('\n');
    await expect(run(executor, '')).rejects.toThrow(message);
  });

  test('until it can be', async () => {
    const path = written(`export const no = 1;`, 't.mjs');
    const executor = executorOf(path);
    await expect(run(executor, '')).rejects.toThrow('does not export');
    writeFileSync(path, `export function fuzz() {}`);
    expect((await run(executor, '')).fault).toBeNull();
  });
});

describe('no process is left', () => {
  const pidOf = (path: string): number => Number(readFileSync(path, 'utf8'));
  const isAlive = (pid: number): boolean => {
    try {
      process.kill(pid, 0);
      return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
    } catch {
      return false;
    }
  };
  const gone = async (pid: number): Promise<void> => {
    while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 50));
  };
  const writesPid = () => {
    const mark = join(folder(), 'pid');
    const path = written(
      `exports.fuzz = (data) => { require('fs').writeFileSync(${JSON.stringify(mark)}, '' + process.pid); if (data[0] === 76) for (;;); };`,
    );
    return { mark, path };
  };

  test('when the executor is closed, also while it executes; then it refuses', async () => {
    const { mark, path } = writesPid();
    const executor = executorOf(path, { timeout: 60_000 });
    await run(executor, 'x');
    const endless = run(executor, 'L').catch((error: Error) => error.message);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await executor.close();
    expect(await endless).toBe('the executor is closed');
    await expect(run(executor, 'x')).rejects.toThrow('the executor is closed');
    await gone(pidOf(mark));
  });

  test.each([
    ['between inputs', 'x'],
    ['in an endless loop', 'L'],
  ])('when the parent is killed: %s', async (_, input) => {
    const { mark, path } = writesPid();
    const request = { target: path, filter: {}, engine: {} };
    const script = `
      const { Executor } = await import(${JSON.stringify(built('harness/executor/executor.js'))});
      const executor = new Executor(${JSON.stringify(request)}, ${JSON.stringify({ ...LIMITS, timeout: 1e9 })});
      await executor.execute(Buffer.from('x'));
      console.log('ready');
      await executor.execute(Buffer.from(${JSON.stringify(input)}));
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(parent.stdout, 'data');
    await new Promise((resolve) => setTimeout(resolve, 300));
    parent.kill('SIGKILL');
    await gone(pidOf(mark));
  });
});
