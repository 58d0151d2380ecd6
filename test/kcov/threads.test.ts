import { describe, expect, test } from 'vitest';
import { Project } from './program.ts';

const project = new Project();
const PRELUDE = `
  import { Worker } from 'node:worker_threads';
  const registration = register({ include: ['*'] });
  const start = (file = 'consumer.mjs', options) => new Worker(new URL(file, 'file://${project.folder}/'), options);
  const ask = async (worker, ...words) => { worker.postMessage(words); return (await once(worker, 'message'))[0]; };
`;
const run = (body: string): unknown => project.run(PRELUDE, body);

describe('a section that a worker thread works for', () => {
  test('shows whoever attaches what the worker ran in it, and nothing else', () =>
    expect(
      run(`
        const worker = start();
        const before = caught(() => attach(7, 1));
        await ask(worker, 'register', 7, 1);
        const { words, enable, disable } = attach(7, 1);
        enable();
        await ask(worker, 'work', 3);
        await ask(worker, 'section', 7, 1, 3);
        await ask(worker, 'work', 3);
        const seen = places([...words.subarray(1, Number(words[0]) + 1)]);
        disable();
        await ask(worker, 'section', 7, 1, 3);
        return { before, seen, after: words[0] };`),
    ).toEqual({
      before: 'ENOENT',
      seen: ['work consumer.mjs:5', ...Array(3).fill('work consumer.mjs:8')],
      after: 4,
    }));

  test('is symbolized in TypeScript as it was written', () =>
    expect(
      run(`
        const worker = start('typed.ts');
        const { remotes } = await collect(async () => {
          worker.postMessage({ amount: 8 });
          return once(worker, 'message');
        }, { remote: true });
        return remotes.map(({ subsystem, id, pcs }) => [subsystem, id, places(pcs)]);`),
    ).toEqual([[7, 2, expect.arrayContaining(['half typed.ts:11'])]]));

  test('is traced from its registration where a run began before that', () =>
    expect(
      run(`
        const worker = start();
        const { remotes } = await collect(async () => {
          await ask(worker, 'register', 1, 1);
          await ask(worker, 'section', 1, 1, 5);
        }, { remote: true });
        await ask(worker, 'register', 1, 2);
        const late = attach(1, 2);
        return [remotes.map(({ pcs }) => pcs.length), caught(late.enable)];`),
    ).toEqual([[6], null]));

  test('leaves the traces of other threads alone', () =>
    expect(
      run(`
        const worker = start();
        await ask(worker, 'register', 1, 1);
        const { enable, words } = attach(1, 1);
        enable();
        const { pcs } = await collect(() => ask(worker, 'section', 1, 1, 100));
        return [pcs.length, words[0] > 100n];`),
    ).toEqual([0, true]));

  test('gives comparisons in CMP mode', () =>
    expect(
      run(`
        const worker = start();
        await ask(worker, 'register', 1, 1);
        const { remotes } = await collect(() => ask(worker, 'section', 1, 1, 3), { mode: 'cmp', remote: true });
        return remotes[0].cmps.map(({ arg1, arg2 }) => [arg1, arg2]);`),
    ).toEqual([
      [0, 3],
      [1, 3],
      [2, 3],
      [3, 3],
    ]));
});

describe('what another thread wrote', () => {
  test('is there when its message is, every time', () =>
    expect(
      run(`
        const worker = start();
        await ask(worker, 'register', 1, 1);
        const { words, enable } = attach(1, 1);
        enable();
        const wrong = [];
        for (let i = 0; i < 1500; i++) {
          const amount = (i * 7919) % 400;
          words.fill(0n, 0, 500);
          await ask(worker, 'section', 1, 1, amount);
          const whole = words.subarray(1, amount + 2).every((pc) => pc > 0xffffffff80000000n);
          if (Number(words[0]) !== amount + 1 || !whole || words[amount + 2] !== 0n) wrong.push([i, amount, words[0]]);
        }
        return wrong;`),
    ).toEqual([]));

  test('is there when the count is, without a message: leave publishes it', () =>
    expect(
      run(`
        const worker = start();
        await ask(worker, 'register', 1, 1);
        const { words, enable } = attach(1, 1);
        const count = new Int32Array(words.buffer);
        enable();
        let torn = 0;
        for (let i = 0; i < 300; i++) {
          words.fill(0n, 0, 2000);
          worker.postMessage(['section', 1, 1, 1000]);
          const deadline = Date.now() + 10_000;
          while (Atomics.load(count, 0) < 1001 && Date.now() < deadline);
          if (Number(words[0]) !== 1001 || !words.subarray(1, 1002).every((pc) => pc > 0xffffffff80000000n)) torn++;
          await once(worker, 'message');
        }
        return torn;`),
    ).toBe(0));
});

describe('threads that share sections', () => {
  test('register each once, however many try at the same time', () =>
    expect(
      run(`
        const workers = [start(), start(), start()];
        await Promise.all(workers.map((worker) => ask(worker, 'work', 0)));
        const outcomes = [];
        for (let id = 0; id < 15; id++) {
          const answers = await Promise.all(workers.map((worker) => ask(worker, 'register', 5, id)));
          outcomes.push(answers.map(({ panic }) => panic ?? 'ok').sort().join());
        }
        return [...new Set(outcomes)];`),
    ).toEqual(['kcov_remote_register: kr already exists,kcov_remote_register: kr already exists,ok']));

  test('have at most one LWP in each (subr_kcov.c:285)', () =>
    expect(
      run(`
        const [one, two] = [start(), start()];
        await ask(one, 'register', 1, 1);
        await ask(one, 'enter', 1, 1);
        return [await ask(two, 'enter', 1, 1), caught(() => kernel.kcovRemoteLeave(1, 1))];`),
    ).toEqual([
      { panic: 'kernel diagnostic assertion "refs == 1" failed' },
      'kernel diagnostic assertion "refs == 0" failed',
    ]));

  test('are as many generations as there may be', () =>
    expect(
      run(`
        const outer = new Worker(\`
          const { Worker, parentPort } = require('node:worker_threads');
          const inner = new Worker(new URL('consumer.mjs', 'file://${project.folder}/'));
          parentPort.on('message', (words) => inner.postMessage(words));
          inner.on('message', (answer) => parentPort.postMessage(answer));\`, { eval: true });
        await ask(outer, 'register', 9, 9);
        const { words, enable } = attach(9, 9);
        enable();
        await ask(outer, 'section', 9, 9, 2);
        return places([...words.subarray(1, Number(words[0]) + 1)]).length;`),
    ).toBe(3));

  test.each([
    ['exits', `await ask(worker, 'enter', 1, 1); worker.postMessage(['exit'])`],
    ['is terminated', `await ask(worker, 'enter', 1, 1); worker.terminate()`],
  ])('leave what they were in when one of them %s', (_, end) =>
    expect(
      run(`
        const worker = start();
        await ask(worker, 'register', 1, 1);
        ${end};
        await once(worker, 'exit');
        kernel.kcovRemoteEnter(1, 1);
        kernel.kcovRemoteLeave(1, 1);
        return (await ask(start(), 'section', 1, 1, 3)).value;`),
    ).toBe(3));

  test('take over the section of one that has ended, and whoever is attached stays so', () =>
    expect(
      run(`
        const first = start();
        await ask(first, 'register', 1, 1);
        const { words, enable } = attach(1, 1);
        enable();
        await first.terminate();
        const second = start();
        const answers = [await ask(second, 'register', 1, 1), await ask(start(), 'register', 1, 1)];
        await ask(second, 'section', 1, 1, 3);
        return [answers, words[0]];`),
    ).toEqual([[{}, { panic: 'kcov_remote_register: kr already exists' }], 4]));

  test('run out of them as a kernel runs out of memory (subr_kcov.c:266)', () =>
    expect(
      run(`
        for (let id = 0; id < 64; id++) kernel.kcovRemoteRegister(3, id);
        const last = caught(() => kernel.kcovRemoteRegister(3, 64));
        return [last, caught(() => attach(3, 63)), caught(() => attach(3, 64)), await ask(start(), 'section', 3, 63, 3)];`),
    ).toEqual(['kcov_remote_register: failed to allocate buffer', null, 'ENOENT', { value: 3 }]));
});

describe('worker threads', () => {
  test.each([
    ['with options of their own', `{ execArgv: ['--no-warnings'], env: { A: '1' }, argv: ['x'] }`],
    ['with the environment of the process', `{ env: (await import('node:worker_threads')).SHARE_ENV }`],
  ])('%s are instrumented', (_, options) =>
    expect(
      run(`
        const worker = start('consumer.mjs', ${options});
        await ask(worker, 'register', 1, 1);
        const { enable, words } = attach(1, 1);
        enable();
        await ask(worker, 'section', 1, 1, 1);
        return words[0];`),
    ).toBe(2));

  test('take on all that is registered, and no more once it is not', () =>
    expect(
      run(`
        registration.unregister();
        const [one, two] = [register({ include: ['consumer.mjs'] }), register({ include: ['nothing like this'] })];
        const traced = async () => {
          const worker = start();
          const { remotes } = await collect(() => ask(worker, 'section', 1, 1, 1), { remote: true });
          return remotes[0].pcs.length;
        };
        kernel.kcovRemoteRegister(1, 1);
        const counts = [await traced()];
        two.unregister();
        counts.push(await traced());
        const three = register({ include: ['nothing like this'] });
        one.unregister();
        counts.push(await traced());
        return counts;`),
    ).toEqual([2, 2, 0]));

  test('that start when nothing is to be instrumented any more are plain', () =>
    expect(
      run(`
        registration.unregister();
        const worker = start();
        await ask(worker, 'register', 1, 1);
        return [Worker.name, caught(() => attach(1, 1))];`),
    ).toEqual(['Worker', 'ENOENT']));
});
