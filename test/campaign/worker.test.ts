import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { journalled } from '../../harness/campaign/journal.ts';
import { WORKER_VARIABLE } from '../../harness/campaign/messages.ts';
import { emptyFolder, filesIn, killAll, sha1, startWorker, target, torn, WORKER } from './workers.ts';

afterEach(killAll);

const LOOPS = ['sync', 'async'] as const;

/** Three faults, each behind a byte of its own, and code that does not fail. */
const FAULTY = `
  exports.fuzz = (data) => {
    if (data[0] === 0x41) throw new TypeError('first');
    if (data[0] === 0x42) throw new RangeError('second');
    if (data[0] === 0x43) { if (data[1] === 0x44) throw new Error('third'); }
  };`;

describe('a worker goes on after what its process survives', () => {
  it.each(LOOPS)('and tells of each fault with an input, which is whole (%s)', async (loop) => {
    const worker = startWorker({ target: target(FAULTY), engine: { loop } });
    const names = () => new Set(worker.all('fault').map(({ fault }) => fault.error.message));
    await worker.until(() => names().size === 3);
    const ready = worker.all('ready')[0]!;
    expect(ready.files).toBe(1);
    expect(ready.sites).toBeGreaterThan(5);
    await worker.until(() => worker.all('again').some(({ count }) => count > 0));
    expect(await worker.stop()).toEqual({ code: 0, signal: null });
    for (const { fault, file } of worker.all('fault')) {
      expect(fault.kind).toBe('error');
      expect(fault.error.stack[0]).toMatch(/target\.cjs:\d+/);
      expect(file).toBe(join(worker.request.folder, 'faults', sha1(readFileSync(file))));
      const first = { first: 'A', second: 'B', third: 'CD' }[fault.error.message]!;
      expect(readFileSync(file, 'latin1').startsWith(first)).toBe(true);
    }
    expect(worker.messages.at(-1)).toEqual({ type: 'leaving', why: 'asked' });
  });

  it('and no input that fails comes into the corpus', async () => {
    const source = `let n = 0; exports.fuzz = (data) => {
      if (data[0] === 0x41) { if (data[1] === 0x42) { n += 1; } else { n += 2; } throw new Error('found'); }
      if (data[0] === 0x43) { n += 3; }
    };`;
    const worker = startWorker({ target: target(source) });
    await worker.until(() => worker.all('again').length > 2 && worker.all('input').length > 0);
    await worker.stop();
    const corpus = filesIn(worker.request.corpus).map((name) =>
      readFileSync(join(worker.request.corpus, name), 'latin1'),
    );
    expect(corpus.length).toBeGreaterThan(0);
    expect(corpus.filter((text) => text.startsWith('A'))).toEqual([]);
  });

  it('and is hardly slower where every input fails', async () => {
    const worker = startWorker({
      target: target(`exports.fuzz = () => { throw new Error('always'); };`),
      flags: ['-runs=20000'],
    });
    expect(await worker.ended).toEqual({ code: 0, signal: null });
    const again = worker.all('again').reduce((sum, { count }) => sum + count, 0);
    const { executions } = worker.all('stats').at(-1)!;
    expect(executions).toBeGreaterThanOrEqual(20_000);
    expect(again + worker.all('fault').length).toBe(executions);
    expect(worker.all('fault').length).toBeLessThanOrEqual(10);
    expect(worker.messages.at(-1)).toEqual({ type: 'leaving', why: 'done' });
  });

  it('but not where that is not wished', async () => {
    const worker = startWorker({ target: target(FAULTY), keepGoing: false });
    expect(await worker.ended).toEqual({ code: 0, signal: null });
    expect(worker.all('fault')).toHaveLength(1);
    expect(worker.messages.at(-1)).toEqual({ type: 'leaving', why: 'done' });
  });

  it.each(LOOPS)('what fails behind a run is a failure of that run (%s)', async (loop) => {
    const source = `const fail = (message) => { throw new Error(message); };
      exports.fuzz = (data) => {
        if (data[0] === 0x41) Promise.reject(new Error('a rejection'));
        if (data[0] === 0x42) Promise.resolve().then(() => fail('a continuation'));
        if (data[0] === 0x43) process.nextTick(() => fail('a next tick'));
        if (data[0] === 0x44) queueMicrotask(() => fail('a microtask'));
      };`;
    const worker = startWorker({ target: target(source), engine: { loop } });
    const firsts = { 'a rejection': 'A', 'a continuation': 'B', 'a next tick': 'C', 'a microtask': 'D' };
    const found = () => new Map(worker.all('fault').map((one) => [one.fault.error.message, one]));
    await worker.until(() => found().size === 4);
    for (const [message, first] of Object.entries(firsts)) {
      const { fault, file } = found().get(message)!;
      expect(fault).toMatchObject({ kind: 'rejection', error: { name: 'Error' } });
      expect(fault.error.stack[0]).toMatch(/target\.cjs:\d/);
      expect(readFileSync(file, 'latin1')[0], message).toBe(first);
    }
    expect(await worker.stop()).toEqual({ code: 0, signal: null });
  });

  it('what bug detectors report is a fault, also of a prototype that stays polluted', async () => {
    const source = `exports.fuzz = (data) => {
      if (data[0] === 0x41) Object.prototype.polluted = 1;
      if (data[0] === 0x42) throw new Error('other');
    };`;
    const worker = startWorker({ target: target(source) });
    const kinds = () => new Set(worker.all('fault').map(({ fault }) => fault.kind));
    await worker.until(() => kinds().has('detector') && kinds().has('error'));
    const { executions } = worker.all('stats').at(-1)!;
    await worker.until(() => worker.all('stats').at(-1)!.executions > executions + 1000);
    await worker.stop();
    const found = worker.all('fault').find(({ fault }) => fault.kind === 'detector')!;
    expect(found.fault.error.message).toMatch(/^Prototype Pollution/);
    expect(readFileSync(found.file)[0]).toBe(0x41);
  });

  it('a prototype that cannot be put right ends it', async () => {
    const source = `exports.fuzz = (data) => {
      if (data[0] === 0x41) Object.defineProperty(Object.prototype, 'polluted', { value: 1 });
    };`;
    const worker = startWorker({ target: target(source) });
    expect(await worker.ended).toEqual({ code: 0, signal: null });
    expect(worker.all('fault')[0]!.fault.kind).toBe('detector');
    expect(worker.messages.at(-1)).toEqual({ type: 'leaving', why: 'polluted' });
  });
});

/** A target that writes a file beside itself once it is called. */
const NOTED = `
  let isFirst = true;
  const noted = (run) => (data) => {
    if (isFirst) require('node:fs').writeFileSync(__dirname + '/begun', '');
    isFirst = false;
    return run(data);
  };
`;

describe('a worker ends in order', () => {
  it.each<[string, 'sync' | 'async', string]>([
    ['the synchronous loop', 'sync', '() => {}'],
    ['the asynchronous loop', 'async', 'async () => {}'],
    ['a promise that does not settle', 'async', '() => new Promise(() => {})'],
  ])('when it is asked to: %s', async (_, loop, source) => {
    const path = target(`${NOTED} exports.fuzz = noted(${source});`);
    const worker = startWorker({ target: path, engine: { loop }, flags: ['-timeout=1000'] });
    await expect.poll(() => existsSync(join(dirname(path), 'begun'))).toBe(true);
    await later(300);
    const { code, signal } = await worker.stop();
    expect(signal ?? code).toBe(/settle/.test(_) ? 'SIGKILL' : 0);
    expect(worker.messages.at(-1)).toEqual({ type: 'leaving', why: 'asked' });
  });

  it.each(LOOPS)('when the campaign has died (%s)', async (loop) => {
    const folder = emptyFolder();
    const request = {
      target: target('exports.fuzz = () => {};'),
      filter: {},
      engine: { loop },
      corpus: join(folder, 'corpus'),
      seeds: [],
      folder: join(folder, 'worker'),
      flags: [],
      memory: 4000,
      keepGoing: true,
    };
    const script = `
      const child = require('node:child_process').spawn(process.execPath, [${JSON.stringify(WORKER)}], {
        env: { ...process.env, ${WORKER_VARIABLE}: ${JSON.stringify(JSON.stringify(request))} },
        stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
      });
      child.stdio[3].on('data', (data) => { if (/stats/.test(data)) console.log(child.pid); });`;
    const parent = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number.parseInt(line.toString(), 10);
    expect(isRunning(pid)).toBe(true);
    parent.kill('SIGKILL');
    for (let i = 0; i < 1000 && isRunning(pid); i++) await later(20);
    expect(isRunning(pid)).toBe(false);
    expect(torn(request.corpus)).toEqual([]);
  });

  it('not for a signal that a terminal sends to all', async () => {
    for (const loop of LOOPS) {
      const worker = startWorker({ target: target('exports.fuzz = () => {};'), engine: { loop } });
      await worker.running();
      for (let i = 0; i < 3; i++) worker.child.kill('SIGINT');
      const { executions } = worker.all('stats').at(-1)!;
      await worker.until(() => worker.all('stats').at(-1)!.executions > executions + 1000);
      expect(await worker.stop()).toEqual({ code: 0, signal: null });
    }
  });

  it('when it holds too much memory', async () => {
    const source = `const kept = []; exports.fuzz = () => { kept.push(Buffer.alloc(20000, 1)); };`;
    const worker = startWorker({ target: target(source), memory: 400, flags: ['-rss_limit_mb=0'] });
    expect(await worker.ended).toEqual({ code: 0, signal: null });
    expect(worker.all('stats').at(-1)!.memory).toBeGreaterThan(400);
    expect(worker.messages.at(-1)).toEqual({ type: 'leaving', why: 'memory' });
  });

  it('when the target returns promises, which another loop can wait for', async () => {
    const worker = startWorker({ target: target('exports.fuzz = () => Promise.resolve();') });
    expect(await worker.ended).toEqual({ code: 0, signal: null });
    expect(worker.messages.at(-1)).toEqual({ type: 'leaving', why: 'promises' });
  });

  it('when there is no target', async () => {
    const worker = startWorker({ target: target('exports.other = () => {};') });
    expect(await worker.ended).toEqual({ code: 2, signal: null });
    expect(worker.all('note')[0]!.text).toMatch(/does not export a function 'fuzz'/);
  });
});

describe('an end that the target asks for is refused, and a fault', () => {
  it.each(LOOPS)('%s', async (loop) => {
    const source = `
      const leave = () => process.exit(3);
      const abort = () => process.abort();
      const kill = () => process.kill(process.pid, 'SIGSEGV');
      const caught = () => { try { process.exit(4); } catch {} };
      exports.fuzz = (data) => {
        if (data[0] === 0x41) leave();
        if (data[0] === 0x42) abort();
        if (data[0] === 0x43) kill();
        if (data[0] === 0x44) caught();
        if (data[0] === 0x45) throw new Error('no end');
      };`;
    const ends: [by: string, first: string, kind: string, name: string][] = [
      ['leave', 'A', 'exit', 'exit'],
      ['abort', 'B', 'crash', 'SIGABRT'],
      ['kill', 'C', 'crash', 'SIGSEGV'],
      ['caught', 'D', 'exit', 'exit'],
    ];
    const worker = startWorker({ target: target(source), engine: { loop } });
    const found = (by: string) =>
      worker.all('fault').find((one) => one.fault.error.stack[0]?.includes(`at ${by} `));
    await worker.until(() => ends.every(([by]) => found(by) !== undefined));
    await worker.until(() => worker.all('fault').some((one) => one.fault.error.message === 'no end'));
    for (const [by, first, kind, name] of ends) {
      const { fault, file } = found(by)!;
      const stack = [expect.stringContaining('at '), expect.stringContaining('at ')];
      expect(fault).toMatchObject({ kind, error: { name, stack } });
      expect(readFileSync(file, 'latin1')[0], by).toBe(first);
    }
    expect(await worker.stop()).toEqual({ code: 0, signal: null });
  });
});

describe('a death leaves the input', () => {
  const deaths: [string, string, RegExp][] = [
    ['an endless loop', 'for (;;);', /^timeout-/],
    ['too much memory', 'const all = []; for (;;) all.push(Buffer.alloc(1 << 20, 1));', /^oom-/],
  ];
  it.each(
    LOOPS.flatMap((loop) => deaths.map(([name, ...rest]) => [loop, name, ...rest] as const)),
  )('%s: %s', async (loop, _, statement, name) => {
    const worker = startWorker({
      target: target(`exports.fuzz = (data) => { if (data[0] === 0x41) { ${statement}; } };`),
      engine: { loop },
      flags: [`-timeout=${/timeout/.test(name.source) ? 2 : 100}`, '-rss_limit_mb=500'],
    });
    await worker.ended;
    const folder = join(worker.request.folder, 'artifacts');
    const found = readdirSync(folder).filter((file) => name.test(file));
    expect(found).toHaveLength(1);
    const input = readFileSync(join(folder, found[0]!));
    expect(found[0]!.split('-')[1]).toBe(sha1(input));
    expect(input[0]).toBe(0x41);
  });
});

describe('a journal', () => {
  it.each(LOOPS)('has the input of a death that leaves nothing else (%s)', async (loop) => {
    const source = `exports.fuzz = (data) => { if (data[0] === 0x41) require('node:child_process').execSync('kill -9 ' + process.pid); };`;
    const worker = startWorker({ target: target(source), engine: { loop }, journal: true });
    expect(await worker.ended).toEqual({ code: null, signal: 'SIGKILL' });
    expect(readdirSync(join(worker.request.folder, 'artifacts'))).toEqual([]);
    const input = journalled(readFileSync(join(worker.request.folder, 'current')));
    expect(input![0]).toBe(0x41);
  });

  it('that is not whole has none', () => {
    expect(journalled(Buffer.alloc(0))).toBe(null);
    expect(journalled(Buffer.from([3, 0, 0, 0, 1, 2]))).toBe(null);
    expect(journalled(Buffer.from([2, 0, 0, 0, 1, 2, 9]))).toEqual(Buffer.from([1, 2]));
  });
});

describe('what a target does to its process does not matter', () => {
  it.each<[string, string, string?]>([
    ['it changes the directory', `process.chdir('/');`],
    [
      'it stops the clock',
      `Date.now = () => 0; performance.now = () => 0; globalThis.setInterval = () => {};`,
    ],
    ['it writes', `setImmediate(() => {}); console.log('x'.repeat(1000)); console.error('y');`],
    ['it takes every error', `process.on('unhandledRejection', () => {});`],
    [
      'it replaces the file system',
      `const fs = require('node:fs');
       const replace = () => {
         for (const name of Object.keys(fs)) if (/Sync$/.test(name)) fs[name] = () => { throw new Error('replaced'); };
         require('node:module').syncBuiltinESMExports();
       };
       let isReplaced = false;`,
      `if (!isReplaced) { isReplaced = true; replace(); }`,
    ],
    ['it closes its output', `for (const fd of [0, 1]) require('node:fs').closeSync(fd);`],
  ])('%s', async (_, atLoad, atRun = '') => {
    const source = `${atLoad}
      exports.fuzz = (data) => { ${atRun} if (data[0] === 0x41) { if (data[1] === 0x42) throw new Error('found'); } };`;
    const worker = startWorker({ target: target(source) });
    await worker.until(() => worker.all('fault').length > 0 && worker.all('input').length > 0);
    for (const { name, size } of worker.all('input'))
      expect(readFileSync(join(worker.request.corpus, name))).toHaveLength(size);
    expect(existsSync(worker.all('fault')[0]!.file)).toBe(true);
    expect(await worker.stop()).toEqual({ code: 0, signal: null });
  });
});

const isRunning = (pid: number): boolean => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};
