import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { kldfind, kldstat, kldunload, Symbolizer, snapshot } from '../../harness/index.ts';
import { kldload } from '../../src/ksyms/linker.ts';

const KERNBASE = 0xffffffff80000000n;
const BASE = 0x100000;
const rest = (name: string): string => JSON.stringify({ symbols: [{ name, offset: 0, size: 8 }], lines: '' });

const refused = (code: string, syscall: string) =>
  expect.objectContaining({ name: 'DeviceError', code, syscall });

function throwing(fn: () => unknown): unknown {
  try {
    fn();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

afterEach(() => {
  for (const { id, refs } of kldstat().slice(1)) for (let i = 0; i < refs; i++) kldunload(id);
});

const names = (): string[] => kldstat().map(({ filename }) => filename);

describe('kldstat, kldfind', () => {
  test('the kernel is file 1, and modules follow in the order of loading', () => {
    kldload('/b.js', BASE + 0x1000, 8, rest('b'));
    kldload('/a.js', BASE, 16, rest('a'));
    expect(kldstat()).toEqual([
      { id: 1, filename: 'kernel', refs: 1, address: KERNBASE, size: 256 },
      { id: expect.any(Number), filename: '/b.js', refs: 1, address: KERNBASE + 0x101000n, size: 8 },
      { id: expect.any(Number), filename: '/a.js', refs: 1, address: KERNBASE + 0x100000n, size: 16 },
    ]);
    expect(kldfind('kernel')).toBe(1);
    expect([kldfind('/b.js'), kldfind('/a.js')]).toEqual([kldstat()[1]!.id, kldstat()[2]!.id]);
  });
  test('of several with one name the first is found', () => {
    kldload('/a.js', BASE, 8, rest('old'));
    kldload('/a.js', BASE + 0x1000, 8, rest('new'));
    expect(kldfind('/a.js')).toBe(kldstat()[1]!.id);
  });
  test('no such name: ENOENT; a part of one is none', () => {
    kldload('/app/a.js', BASE, 8, rest('a'));
    for (const name of ['', 'a.js', '/app/', '/app/a.js\0'])
      expect(throwing(() => kldfind(name))).toEqual(refused('ENOENT', 'kldfind'));
  });
});

describe('kldunload', () => {
  test('symbols vanish from later snapshots, and earlier ones stay whole', () => {
    kldload('/a.js', BASE, 8, rest('mine'));
    const before = snapshot();
    kldunload(kldfind('/a.js'));
    const pc = KERNBASE + BigInt(BASE) + 5n;
    expect(new Symbolizer(before).lookup(pc)?.symbol).toBe('mine');
    expect(new Symbolizer(snapshot()).lookup(pc)).toBeUndefined();
    expect(names()).toEqual(['kernel']);
  });
  test('the same module again counts its references, and each unload takes one back', () => {
    const refs = () => kldstat()[1]?.refs;
    kldload('/a.js', BASE, 8, rest('a'));
    const id = kldfind('/a.js');
    kldload('/a.js', BASE, 8, rest('a'));
    expect(refs()).toBe(2);
    kldunload(id);
    expect(refs()).toBe(1);
    expect(kldfind('/a.js')).toBe(id);
    kldunload(id);
    expect(refs()).toBeUndefined();
  });
  test('no such id, or no more: ENOENT, and ids are not given again', () => {
    kldload('/a.js', BASE, 8, rest('a'));
    const id = kldfind('/a.js');
    kldunload(id);
    kldload('/a.js', BASE, 8, rest('a'));
    expect(kldfind('/a.js')).toBeGreaterThan(id);
    for (const none of [id, 0, -1, 1.5, Number.NaN])
      expect(throwing(() => kldunload(none))).toEqual(refused('ENOENT', 'kldunload'));
    expect(names()).toEqual(['kernel', '/a.js']);
  });
  test('the kernel: EBUSY', () => {
    expect(throwing(() => kldunload(kldfind('kernel')))).toEqual(refused('EBUSY', 'kldunload'));
    expect(names()).toEqual(['kernel']);
  });
  test('one in the middle: the others keep their ids, places and names', () => {
    for (const [i, name] of ['x', 'y', 'z'].entries()) kldload(`/${name}.js`, BASE + i * 256, 8, rest(name));
    const kept = kldstat().filter(({ filename }) => filename !== '/y.js');
    kldunload(kldfind('/y.js'));
    expect(kldstat()).toEqual(kept);
    const symbolizer = new Symbolizer(snapshot());
    const found = [0, 1, 2].map(
      (i) => symbolizer.lookup(KERNBASE + BigInt(BASE + i * 256) + 5n)?.symbol ?? null,
    );
    expect(found).toEqual(['x', null, 'z']);
  });
  test('where one was unloaded another may load, without a warning', async () => {
    const warnings: string[] = [];
    const listen = (warning: Error): number => warnings.push(warning.message);
    process.on('warning', listen);
    kldload('/a.js', BASE, 8, rest('a'));
    kldunload(kldfind('/a.js'));
    kldload('/b.js', BASE, 8, rest('b'));
    kldload('/c.js', BASE, 8, rest('c'));
    await new Promise((done) => setImmediate(done));
    process.off('warning', listen);
    expect(warnings).toEqual([expect.stringMatching('^/c.js and /b.js share addresses by chance')]);
  });
});

test('code that runs on after it was unloaded is traced as before; only its symbols are gone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kcovjs-linker-'));
  const harness = resolve(import.meta.dirname, '../../dist/harness/index.js');
  const file = join(folder, 'a.mjs');
  writeFileSync(file, 'export function pick(n) { if (n > 5) return "many"; return "few"; }\n');
  writeFileSync(
    join(folder, 'script.mjs'),
    `import { collect, kldfind, kldunload, register, snapshot, Symbolizer } from ${JSON.stringify(harness)};
    register({ include: ['a.mjs'] });
    const { pick } = await import('./a.mjs');
    const before = collect(() => pick(7));
    const earlier = snapshot();
    kldunload(kldfind(${JSON.stringify(file)}));
    const after = collect(() => pick(7));
    const names = (elf) => after.pcs.map((pc) => new Symbolizer(elf).lookup(pc)?.symbol ?? null);
    const same = String(before.pcs) === String(after.pcs);
    console.log(JSON.stringify([after.result, same, names(earlier), names(snapshot())]));`,
  );
  const { stdout, stderr } = spawnSync(process.execPath, [join(folder, 'script.mjs')], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual(['many', true, ['pick', 'pick'], [null, null]]);
});
