import { AsyncResource } from 'node:async_hooks';
import { spawnSync } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { readFile } from 'node:fs';
import { resolve } from 'node:path';
import { transformSync } from '@babel/core';
import { afterEach, describe, expect, test } from 'vitest';
import {
  close,
  collect,
  ioctl,
  KCOV_ENTRY_SIZE,
  KCOV_IOC_DISABLE,
  KCOV_IOC_ENABLE,
  KCOV_IOC_SETBUFSIZE,
  KCOV_MODE_TRACE_PC,
  lwpCreate,
  MAP_SHARED,
  mmap,
  open,
  PROT_READ,
  PROT_WRITE,
} from '../../harness/index.ts';
import { boot } from '../../src/boot.ts';
import kcov from '../../src/instrument/plugin.ts';
import * as kernelApi from '../../src/kernel.ts';
import fc from '../fast-check.ts';

/** A task that waits in every way there is; each step has a block of its own, before and behind the wait. */
const SOURCE = `
  async function* count(n) {
    for (let i = 0; i < n; i++) { await null; yield i; }
  }
  async function task(steps, { readFile, lwpCreate }) {
    for (const step of steps) {
      switch (step) {
        case 'await': await null; break;
        case 'timer': await new Promise((done) => setTimeout(() => { done(); }, 1)); break;
        case 'immediate': await new Promise((done) => setImmediate(() => { done(); })); break;
        case 'tick': await new Promise((done) => process.nextTick(() => { done(); })); break;
        case 'microtask': await new Promise((done) => queueMicrotask(() => { done(); })); break;
        case 'file': await new Promise((done) => readFile(process.execPath, { encoding: null, flag: 'r', signal: AbortSignal.abort() }, () => { done(); })); break;
        case 'stat': await new Promise((done) => readFile('/proc/self/stat', () => { done(); })); break;
        case 'thenable': await { then(done) { done(); } }; break;
        case 'generator': for await (const i of count(2)) { if (i > 0) step.length; } break;
        case 'throw': try { await Promise.reject(new Error('caught')); } catch { await null; } finally { step.length; } break;
        case 'race': await Promise.race([new Promise(() => {}), new Promise((done) => setTimeout(done, 1)).then(() => { step.length; })]); break;
        case 'child': await lwpCreate(async () => { await null; step.length > 2 ? 1 : 2; }); break;
      }
    }
    return steps.length;
  }
  task;
`;
const STEPS = [...SOURCE.matchAll(/case '(\w+)'/g)].map(([, step]) => step!);
type Task = (steps: string[], env: object) => Promise<number>;

boot();
const { code } = transformSync(SOURCE, {
  filename: '/app/task.js',
  configFile: false,
  sourceType: 'script',
  plugins: [kcov],
})!;
// biome-ignore lint/security/noGlobalEval: the code under test
const task = globalThis.eval(code!) as Task;
const run = (steps: string[]) => collect(() => task(steps, { readFile, lwpCreate }));

const fds: number[] = [];
const descriptor = (entries = 64): { fd: number; words: BigUint64Array } => {
  const fd = open('/dev/kcov');
  fds.push(fd);
  ioctl(fd, KCOV_IOC_SETBUFSIZE, entries);
  const area = mmap(entries * KCOV_ENTRY_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  return { fd, words: new BigUint64Array(area.buffer, area.byteOffset, entries) };
};
const enable = (fd: number): unknown => ioctl(fd, KCOV_IOC_ENABLE, KCOV_MODE_TRACE_PC);
const disable = (fd: number): unknown => ioctl(fd, KCOV_IOC_DISABLE);
const hit = (times = 1): void => {
  for (let i = 0; i < times; i++) boot().kernel.__sanitizer_cov_trace_pc(0x1000 - 2 ** 31);
};
const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

afterEach(() => {
  for (const fd of fds.splice(0)) {
    try {
      close(fd);
    } catch {
      // A test closed it itself.
    }
  }
  boot().cpu.curlwp.exit();
});

describe('tasks that interleave', () => {
  test.each(STEPS)('%s is part of its own trace, and of no other', async (step) => {
    const alone = await run([step, step]);
    const [first, second, other] = await Promise.all([run([step, step]), run([step, step]), run(['await'])]);
    expect(alone.pcs.length).toBeGreaterThan(5);
    expect(first.pcs).toEqual(alone.pcs);
    expect(second.pcs).toEqual(alone.pcs);
    expect(other.pcs).toEqual((await run(['await'])).pcs);
  });

  test('each have exactly the trace that they have alone, whatever they wait for', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.constantFrom(...STEPS), { maxLength: 6 }), { minLength: 2, maxLength: 6 }),
        async (tasks) => {
          const alone: bigint[][] = [];
          for (const steps of tasks) alone.push((await run(steps)).pcs);
          const together = await Promise.all(tasks.map(run));
          expect(together.map(({ pcs }) => pcs)).toEqual(alone);
          expect(together.map(({ result }) => result)).toEqual(tasks.map(({ length }) => length));
        },
      ),
      { numRuns: 60 },
    ));

  test('are not traced by the descriptor of the thread that they share', async () => {
    const { fd, words } = descriptor();
    enable(fd);
    hit();
    const before = words[0];
    await lwpCreate(() => task(STEPS, { readFile, lwpCreate }));
    expect(words[0]).toBe(before);
    hit();
    expect(words[0]).toBe(2n);
  });
});

describe('a queue whose consumer works for others', () => {
  /** A queue that hands jobs to whoever waits; `job` is done for the section. */
  function queue(id: number, work: (amount: number) => void) {
    kernelApi.kcovRemoteRegister(77, id);
    const done = new EventEmitter();
    const consume = (amount: number): void => {
      kernelApi.kcovRemoteEnter(77, id);
      try {
        work(amount);
      } finally {
        kernelApi.kcovRemoteLeave(77, id);
      }
      done.emit('done');
    };
    return { done, consume };
  }
  const collectJob = (push: () => void, done: EventEmitter) =>
    collect(
      async () => {
        push();
        await once(done, 'done');
        hit();
      },
      { remote: true },
    );

  test('is not in the trace of whoever filled the queue, but in its section', async () => {
    const { done, consume } = queue(1, (amount) => hit(amount));
    const jobs: number[] = [];
    // The consumer was there before, so it is a flow of its own.
    const timer = setInterval(() => {
      for (const job of jobs.splice(0)) consume(job);
    }, 1);
    const { pcs, remotes } = await collectJob(() => jobs.push(5), done);
    clearInterval(timer);
    expect(pcs).toHaveLength(1);
    expect(remotes!.find(({ id }) => id === 1n)!.pcs).toHaveLength(5);
  });

  test('panics where it works in that flow (subr_kcov.c:287), unless it has an LWP of its own', async () => {
    const { done, consume } = queue(2, (amount) => hit(amount));
    await expect(collectJob(() => consume(1), done)).rejects.toThrow('l->l_kcov == NULL');
    // The panic left that section entered.
    const again = queue(4, (amount) => hit(amount));
    const { pcs, remotes } = await collectJob(
      () => setImmediate(() => kernelApi.kthreadCreate(() => again.consume(3))),
      again.done,
    );
    expect(pcs).toHaveLength(1);
    expect(remotes!.find(({ id }) => id === 4n)!.pcs).toHaveLength(3);
  });
});

describe('an LWP', () => {
  test('owns what it enables: no other LWP disables it (subr_kcov.c:417)', async () => {
    const { fd } = descriptor();
    await lwpCreate(async () => {
      enable(fd);
      await sleep(1);
      lwpCreate(() => expect(() => disable(fd)).toThrow('ENOENT'));
      disable(fd);
    });
  });

  test('has one KD at a time, and a KD one LWP (subr_kcov.c:394-397)', async () => {
    const [one, two] = [descriptor(), descriptor()];
    enable(one.fd);
    expect(() => enable(two.fd)).toThrow('EBUSY');
    await lwpCreate(async () => {
      expect(() => enable(one.fd)).toThrow('EBUSY');
      enable(two.fd);
      hit(3);
      await null;
      hit(3);
    });
    hit();
    expect([one.words[0], two.words[0]]).toEqual([1n, 6n]);
  });

  test('that ends frees what it held (subr_kcov.c:168)', async () => {
    const { fd, words } = descriptor();
    await lwpCreate(async () => {
      enable(fd);
      await null;
      hit();
    });
    hit();
    expect(words[0]).toBe(1n);
    enable(fd); // Nobody's, so it is to be had.
    hit();
    expect(words[0]).toBe(2n);
  });

  test.each<[string, () => unknown]>([
    ['returns', () => 1],
    [
      'throws',
      () => {
        throw new Error('thrown');
      },
    ],
    ['rejects', () => Promise.reject(new Error('rejected'))],
    // biome-ignore lint/suspicious/noThenProperty: a promise of another library
    ['settles a thenable', () => ({ then: (done: () => void) => done() })],
  ])('ends when its function %s', async (_, end) => {
    const { fd } = descriptor();
    try {
      await lwpCreate(() => {
        enable(fd);
        return end();
      });
    } catch {
      // As it should.
    }
    expect(() => disable(fd)).toThrow('ENOENT');
    enable(fd);
  });

  test('whose file is closed already takes the KD along (subr_kcov.c:472, :179)', async () => {
    const { fd, words } = descriptor();
    await lwpCreate(async () => {
      enable(fd);
      close(fd);
      await null;
      hit();
    });
    expect(words[0]).toBe(1n);
  });

  test('leaves work behind that is not traced', async () => {
    const { fd, words } = descriptor();
    let left: Promise<void> | undefined;
    lwpCreate(() => {
      enable(fd);
      left = sleep(1).then(() => hit());
    });
    enable(fd);
    await left;
    expect(words[0]).toBe(0n);
  });

  test('that runs while another is traced takes nothing from it', async () => {
    const { fd, words } = descriptor();
    enable(fd);
    lwpCreate(() => hit(5));
    hit();
    expect(words[0]).toBe(1n);
  });

  test('gives back what its function gives, and a rejection that nobody handles is still one', async () => {
    expect(lwpCreate(() => 5)).toBe(5);
    expect(await lwpCreate(async () => 6)).toBe(6);
    expect(() =>
      lwpCreate(() => {
        throw new Error('mine');
      }),
    ).toThrow('mine');
    const script = `
      import { lwpCreate } from '${resolve(import.meta.dirname, '../../dist/harness/index.js')}';
      lwpCreate(async () => { throw new Error('nobody handles this'); });`;
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stderr).toContain('nobody handles this');
  });

  test('goes on where a job of another interrupted it', async () => {
    const { fd, words } = descriptor();
    const other = descriptor();
    let resource: AsyncResource | undefined;
    let finish = (): void => {};
    const through = lwpCreate(async () => {
      enable(other.fd);
      resource = new AsyncResource('job');
      await new Promise<void>((done) => {
        finish = done;
      });
    });
    enable(fd);
    resource!.runInAsyncScope(() => hit(5));
    hit();
    await null;
    hit();
    expect([words[0], other.words[0]]).toEqual([2n, 5n]);
    finish();
    await through;
  });

  test('is over with an error that nobody caught: what handles that is traced as what it is', () => {
    const script = `
      import * as kcovjs from '${resolve(import.meta.dirname, '../../dist/harness/index.js')}';
      const { collect, ioctl, lwpCreate, mmap, open } = kcovjs;
      const hit = () => globalThis.__kcov.__sanitizer_cov_trace_pc(5);
      const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
      const fd = open('/dev/kcov');
      ioctl(fd, kcovjs.KCOV_IOC_SETBUFSIZE, 64);
      const words = new Int32Array(mmap(512, 3, 1, fd, 0).buffer);
      lwpCreate(() => 0);
      ioctl(fd, kcovjs.KCOV_IOC_ENABLE, kcovjs.KCOV_MODE_TRACE_PC);
      process.on('uncaughtException', hit);
      const tasks = Array.from({ length: 20 }, (_, i) => lwpCreate(() => (async () => {
        await sleep(0);
        return collect(async () => {
          hit();
          setTimeout(() => { hit(); throw new Error('uncaught'); }, i % 3);
          await sleep(i % 4);
          hit();
          await sleep(5);
          hit();
        });
      })()));
      const traces = await Promise.all(tasks);
      console.log(JSON.stringify([words[0], traces.map(({ pcs }) => pcs.length)]));`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    expect(JSON.parse(stdout)).toEqual([20, new Array(20).fill(4)]);
  });
});
