import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { ALL } from '../all.ts';
import { emptyFolder, filesIn, killAll, sha1, startWorker, target, torn } from './workers.ts';

const KILLS = Number(process.env['KCOVJS_WORKER_KILLS'] ?? 4);

const mounts: string[] = [];
afterEach(async () => {
  await killAll();
  for (const folder of mounts.splice(0)) execFileSync('umount', ['-l', folder]);
});

/** Many small steps, each with an input of its own. */
const STEPS = target(`
  const steps = 'the quick brown fox jumps over the lazy dog';
  exports.fuzz = (data) => {
    let i = 0;
    ${Array.from({ length: 40 }, (_, i) => `if (data[${i}] === steps.charCodeAt(${i})) { i++; ${' '}`).join('')}
    ${'}'.repeat(40)}
    return i;
  };`);

/** A target that fails for what no fuzzer finds: of which only the sha1 is known. */
const locked = (...secrets: Buffer[]): string =>
  target(`
  const { createHash } = require('node:crypto');
  const sha1 = (data) => createHash('sha1').update(data).digest('hex');
  const locks = {
    ${secrets.map((secret, i) => `'${sha1(secret)}': () => { throw new Error('opened ${i}'); },`).join('\n')}
  };
  exports.fuzz = (data) => locks[sha1(data)]?.();`);
const SECRET = Buffer.from('an input that somebody else has found');
const LOCKED = locked(SECRET);

const opened = (worker: ReturnType<typeof startWorker>) => worker.all('fault').length > 0;

describe('workers share a corpus', () => {
  it.each(['sync', 'async'] as const)('what one finds, the other has (%s)', async (loop) => {
    const corpus = join(emptyFolder(), 'corpus');
    const workers = [1, 2].map((seed) =>
      startWorker({ target: STEPS, corpus, engine: { loop }, flags: [`-seed=${seed}`] }),
    );
    for (const worker of workers) await worker.until(() => worker.reached > 6);
    for (const worker of workers) expect(await worker.stop()).toEqual({ code: 0, signal: null });
    expect(torn(corpus)).toEqual([]);
    const told = workers.flatMap((worker) => worker.all('input').map(({ name }) => name));
    expect(new Set(told).size).toBe(told.length);
    expect(told.sort()).toEqual(filesIn(corpus).sort());
  });

  it('files that come while it runs are run, whatever their names', async () => {
    const secrets = ['by its sha1', 'with commas and lines', 'that is no UTF-8', 'with a dash'].map((text) =>
      Buffer.from(`a secret ${text}`),
    );
    const names = [
      Buffer.from(sha1(secrets[0]!)),
      Buffer.from('a, b\nc;"d" 100%'),
      Buffer.from([0x66, 0xff, 0xfe, 0x6f]),
      Buffer.from('-runs=1'),
    ];
    const worker = await startWorker({ target: locked(...secrets) }).running();
    const corpus = Buffer.from(`${worker.request.corpus}/`);
    secrets.forEach((secret, i) => {
      writeFileSync(Buffer.concat([corpus, names[i]!]), secret);
    });
    const opened = () => new Set(worker.all('fault').map(({ file }) => readFileSync(file, 'latin1')));
    await worker.until(() => opened().size === secrets.length);
    expect(opened()).toEqual(new Set(secrets.map(String)));
    await worker.stop();
    // Nothing of it is written there a second time.
    expect(readdirSync(worker.request.corpus, 'buffer').sort(Buffer.compare)).toEqual(
      names.sort(Buffer.compare),
    );
  });

  it('a file that grows is run when it is whole', async () => {
    const worker = await startWorker({ target: LOCKED }).running();
    const path = join(worker.request.corpus, 'growing');
    writeFileSync(path, SECRET.subarray(0, 10));
    await later(1200);
    appendFileSync(path, SECRET.subarray(10));
    await worker.until(() => opened(worker));
  });

  it('what is no input, or a huge one, is in nobody’s way', async () => {
    const worker = await startWorker({ target: LOCKED }).running();
    const path = (name: string): string => join(worker.request.corpus, name);
    execFileSync('mkfifo', [path('fifo')]);
    mkdirSync(path('folder'));
    writeFileSync(path('huge'), '');
    truncateSync(path('huge'), 2 ** 36);
    execFileSync('ln', ['-s', '/nowhere', path('link')]);
    for (let i = 0; i < 2000; i++) writeFileSync(path(`tiny ${i}`), `${i}`);
    writeFileSync(path('secret'), SECRET);
    await worker.until(() => opened(worker));
    expect(await worker.stop()).toEqual({ code: 0, signal: null });
    expect(worker.all('note')).toEqual([]);
  });

  it('it begins with the corpus, its folders, and seeds, which may be files', async () => {
    for (const place of ['corpus/deep/er', 'seeds', 'seed file, with a comma']) {
      const folder = emptyFolder();
      const isFile = place.startsWith('seed file');
      if (!isFile) mkdirSync(join(folder, place), { recursive: true });
      writeFileSync(join(folder, isFile ? place : `${place}/x`), SECRET);
      const corpus = join(folder, 'corpus');
      const seeds = place.startsWith('seed') ? [join(folder, place), join(folder, 'missing')] : [];
      const worker = startWorker({ target: LOCKED, corpus, seeds });
      await worker.until(() => opened(worker));
      await worker.stop();
      expect(worker.all('note').map(({ text }) => text)).toEqual(
        seeds.slice(1).map((path) => `${path}: no such file or directory: its inputs are left out`),
      );
    }
  });
});

describe('a kill at any moment', () => {
  it('leaves only whole files, and all that was told of; the next worker goes on from there', async () => {
    const folder = emptyFolder();
    const request = { target: STEPS, corpus: join(folder, 'corpus'), folder: join(folder, 'worker') };
    let covered = 0;
    for (let round = 0; round < KILLS; round++) {
      const worker = startWorker({ ...request, flags: [`-seed=${round + 1}`] });
      await worker.until(() => worker.reached > 0 && worker.reached >= covered);
      await later(Math.random() * 300);
      await worker.kill();
      covered = Math.max(covered, worker.reached);
      expect(torn(request.corpus)).toEqual([]);
      for (const { name, size } of worker.all('input'))
        expect(readFileSync(join(request.corpus, name))).toHaveLength(size);
    }
  });

  it('loses no input that libFuzzer had written: it is in the corpus later, and what was half written is not', async () => {
    const folder = emptyFolder();
    const request = { target: LOCKED, corpus: join(folder, 'corpus'), folder: join(folder, 'worker') };
    const queue = join(request.folder, 'queue');
    mkdirSync(queue, { recursive: true });
    writeFileSync(join(queue, sha1(SECRET)), SECRET);
    writeFileSync(join(queue, sha1(Buffer.from('other'))), 'oth');
    const worker = startWorker(request);
    await worker.until(() => opened(worker));
    expect(worker.all('input')[0]).toEqual({ type: 'input', name: sha1(SECRET), size: SECRET.length });
    await worker.stop();
    expect(filesIn(request.corpus)).toContain(sha1(SECRET));
    expect(torn(request.corpus)).toEqual([]);
    expect(filesIn(queue)).toEqual([]);
  });
});

/** A small file system of its own; undefined where this machine does not allow that. */
function mount(options: string): string | undefined {
  const folder = emptyFolder();
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'none', folder]).status !== 0) return undefined;
  mounts.push(folder);
  return folder;
}

describe('a file system that fails', () => {
  const canMount = mount('size=64k') !== undefined;
  const reason = canMount ? '' : ' (skipped: mount is refused here)';

  const places: [string, boolean][] = [
    ['the corpus alone', false],
    ['the corpus and the worker’s own folder', true],
  ];
  it.skipIf(!canMount).each(places.slice(0, ALL ? 2 : 1))(
    `is full: new inputs wait until there is room (%s)${reason}`,
    async (_, both) => {
      const small = mount('size=64k')!;
      const corpus = join(small, 'corpus');
      mkdirSync(corpus);
      const ballast = join(small, 'ballast');
      spawnSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=1k', 'count=1000']);
      const worker = startWorker({
        target: STEPS,
        corpus,
        ...(both && { folder: join(small, 'worker') }),
      });
      await worker.until(() => worker.reached > 6);
      await worker.until(() => worker.all('note').length > 0);
      expect(worker.all('note')[0]!.text).toBe(`${corpus}: no space left on device: new inputs wait`);
      expect(worker.all('input')).toEqual([]);
      expect(filesIn(corpus)).toEqual([]);
      rmSync(ballast);
      await worker.until(() => worker.all('input').length > 4);
      await worker.stop();
      expect(torn(corpus)).toEqual([]);
      expect(worker.all('note').filter(({ text }) => text.includes(corpus))).toHaveLength(1);
      // What was found while there was no room is there: another begins where this one was.
      const next = startWorker({ target: STEPS, corpus, flags: ['-runs=0'] });
      await next.ended;
      expect(next.reached).toBeGreaterThan(6);
    },
  );

  it.skipIf(!canMount)(`is full: inputs of findings wait, too${reason}`, async () => {
    const small = mount('size=64k')!;
    const ballast = join(small, 'ballast');
    spawnSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=1k', 'count=1000']);
    const folder = join(small, 'worker');
    const worker = startWorker({
      target: target(`exports.fuzz = () => { throw new Error('found'); };`),
      folder,
    });
    await worker.until(() => worker.all('note').length > 0);
    expect(worker.all('note')[0]!.text).toBe(
      `${folder}/faults: no space left on device: inputs of findings wait`,
    );
    // But for the empty one, which needs no room.
    const told = () => worker.all('fault').filter(({ file }) => statSync(file).size > 0);
    expect(told()).toEqual([]);
    rmSync(ballast);
    await worker.until(() => told().length > 0 && worker.all('again').length > 0);
    expect(torn(join(folder, 'faults'))).toEqual([]);
  });

  it.skipIf(!canMount)(`cannot be written: fuzzing goes on, and a line says so${reason}`, async () => {
    const small = mount('size=1m')!;
    const corpus = join(small, 'corpus');
    mkdirSync(corpus);
    execFileSync('mount', ['-o', 'remount,ro', small]);
    const worker = startWorker({ target: STEPS, corpus });
    await worker.until(() => worker.reached > 4 && worker.all('note').length > 0);
    expect(worker.all('note').map(({ text }) => text)).toEqual([
      `${corpus}: read-only file system: new inputs wait`,
    ]);
    execFileSync('mount', ['-o', 'remount,rw', small]);
    await worker.until(() => worker.all('input').length > 3);
    await worker.stop();
    expect(torn(corpus)).toEqual([]);
  });

  it.skipIf(!canMount)(`is another one than the worker's: inputs are copied${reason}`, async () => {
    const worker = startWorker({ target: STEPS, corpus: join(mount('size=4m')!, 'corpus') });
    await worker.until(() => worker.all('input').length > 3);
    await worker.stop();
    expect(torn(worker.request.corpus)).toEqual([]);
  });
});

describe('a folder that is deleted', () => {
  it('is made anew: the corpus', async () => {
    const worker = startWorker({ target: STEPS });
    await worker.until(() => worker.all('input').length > 3);
    rmSync(worker.request.corpus, { recursive: true, force: true });
    const before = worker.all('input').length;
    await worker.until(() => worker.all('input').length > before);
    await worker.stop();
    expect(existsSync(worker.request.corpus)).toBe(true);
    expect(torn(worker.request.corpus)).toEqual([]);
  });

  it('is made anew: the worker’s own', { retry: 2 }, async () => {
    // Again where libFuzzer ends its process: once in hundreds of times it looks for the folder before we do.
    const worker = await startWorker({ target: LOCKED }).running();
    rmSync(worker.request.folder, { recursive: true, force: true });
    const executions = () => worker.all('stats').at(-1)!.executions;
    const before = executions();
    await worker.until(() => executions() > before + 1000);
    writeFileSync(join(worker.request.corpus, 'secret'), SECRET);
    await worker.until(() => opened(worker));
    expect(existsSync(worker.all('fault')[0]!.file)).toBe(true);
    expect(await worker.stop()).toEqual({ code: 0, signal: null });
  });
});
