import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addonPath, loadAddon } from '../../harness/engine/addon.ts';
import { cacheFolders, placeCopy } from '../../harness/engine/copies.ts';

const run = promisify(execFile);
const { header } = process.report.getReport() as unknown as { header: { glibcVersionRuntime: string } };
const [, minor] = header.glibcVersionRuntime.split('.').map(Number);
/** Whether the addon loads here as it is, so that there is no copy to look at. */
const plain = minor! >= 38;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kcovjs-addon-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('the addon loads here, and @jazzer.js/fuzzer finds it', () => {
  loadAddon();
  loadAddon();
  const require = createRequire(import.meta.url);
  const { addon } = require('@jazzer.js/fuzzer/dist/addon.js') as { addon: Record<string, unknown> };
  expect(addon['registerModuleCounters']).toBeTypeOf('function');
  expect(require.cache[addonPath()]!.exports).toBe(addon);
});

it('a mutator that comes too late is refused, since libFuzzer would never ask it', () => {
  loadAddon();
  expect(() => loadAddon({ mutator: true })).toThrow('loaded already');
});

describe('the cached copy', () => {
  const copy = Buffer.from('the right bytes');
  const entries = () => readdirSync(folder);

  it('is written once and used again', () => {
    const path = placeCopy(folder, 'a.node', copy);
    const { ino } = statSync(path);
    expect(placeCopy(folder, 'a.node', copy)).toBe(path);
    expect(statSync(path).ino).toBe(ino);
    expect(readFileSync(path).equals(copy)).toBe(true);
    expect(entries()).toEqual(['a.node']);
  });

  it.each([['wrong'], [''], ['the right bytez']])('is replaced where it holds %j', (content) => {
    writeFileSync(join(folder, 'a.node'), content);
    expect(readFileSync(placeCopy(folder, 'a.node', copy)).equals(copy)).toBe(true);
    expect(entries()).toEqual(['a.node']);
  });

  it('is not kept where others could write', () => {
    chmodSync(folder, 0o777);
    expect(() => placeCopy(folder, 'a.node', copy)).toThrow('others can write there');
    expect(entries()).toEqual([]);
  });

  it('lies in $XDG_CACHE_HOME, or in ~/.cache, or else among temporary files', () => {
    expect(cacheFolders({ XDG_CACHE_HOME: '/x' })[0]).toBe('/x/kcovjs');
    expect(cacheFolders({})[0]).toMatch(/\/\.cache\/kcovjs$/);
    expect(cacheFolders({})[1]).toContain(tmpdir());
  });
});

describe('processes of their own', () => {
  const built = new URL('../../dist/harness/engine/addon.js', import.meta.url).href;
  const script = `
    const { loadAddon } = await import(${JSON.stringify(built)});
    loadAddon();
    const { createRequire } = await import('node:module');
    console.log(typeof createRequire(${JSON.stringify(built)})('@jazzer.js/fuzzer').fuzzer.startFuzzing);`;

  /** Loads the built addon.js in a fresh process; prints what kind of thing it got. */
  async function load(env: Record<string, string>): Promise<string> {
    const args = ['--input-type=module', '-e', script];
    const { stdout } = await run(process.execPath, args, { env: { ...process.env, ...env } });
    return stdout;
  }

  it('eight at once share one copy', async () => {
    const outputs = await Promise.all(Array.from({ length: 8 }, () => load({ XDG_CACHE_HOME: folder })));
    expect(new Set(outputs)).toEqual(new Set(['function\n']));
    expect(plain ? [1] : readdirSync(join(folder, 'kcovjs'))).toHaveLength(1);
  });

  it.skipIf(plain)('a damaged copy is made anew', async () => {
    await load({ XDG_CACHE_HOME: folder });
    const path = join(folder, 'kcovjs', readdirSync(join(folder, 'kcovjs'))[0]!);
    const good = readFileSync(path);
    writeFileSync(path, good.subarray(0, 1000));
    expect(await load({ XDG_CACHE_HOME: folder })).toBe('function\n');
    expect(readFileSync(path).equals(good)).toBe(true);
  });

  it('a cache that is no folder is passed over', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(await load({ XDG_CACHE_HOME: file, TMPDIR: folder })).toBe('function\n');
  });
});
