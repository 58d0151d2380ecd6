import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, test } from 'vitest';
import { DiskCache } from '../../src/loader/disk-cache.ts';
import { ALL } from '../all.ts';

const exec = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '../..');
const DIST = join(ROOT, 'dist');
const MAIN = join(DIST, 'harness/cli/main.js');
const isRoot = process.getuid!() === 0;
const NOBODY = 65534;

let folder: string;
/** A program under test: `p/`, in all the forms that files load in. */
let program: string;
let cache: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kcovjs-cache-'));
  program = join(folder, 'p');
  cache = join(folder, 'cache');
  mkdirSync(program);
  write('package.json', '{ "name": "p" }');
  write('a.cjs', "require('./typed.cts');\nexports.f = (n) => (n === 7 ? 'seven' : 'other');\n");
  write('b.mjs', "export const f = (n) => (n > 'b' ? 1 : 2);\n");
  write('c.ts', 'export const f = (n: number): number => (n < 3 ? n : 3);\n');
  write('typed.cts', 'enum E { A = 1 }\nexports.f = (e: E) => e === E.A;\n');
  write('mapped.cjs', 'exports.f = (n) => n === 1;\n//# sourceMappingURL=mapped.cjs.map\n');
  write(
    'mapped.cjs.map',
    '{ "version": 3, "sources": ["one.ts"], "names": [], "mappings": "AAAA,SAAS,SAAU" }',
  );
});

const write = (name: string, text: string): void => writeFileSync(join(program, name), text);
const FILES = ['a.cjs', 'b.mjs', 'c.ts', 'typed.cts', 'mapped.cjs'];

interface Start {
  files?: string[];
  env?: Record<string, string>;
  include?: string;
  dist?: string;
  /** What starts it. */
  by?: string[];
}

/** What a program is after it has loaded: the text of its functions, and a hash of all PCs, symbols and lines. */
async function start({ files = FILES, env = {}, include = '/p/', dist = DIST, by = [] }: Start = {}) {
  const script = `
    import { createRequire } from 'node:module';
    import { register, snapshot } from ${JSON.stringify(pathToFileURL(join(dist, 'harness/index.js')).href)};
    register({ include: [${JSON.stringify(include)}] });
    const text = {};
    for (const name of ${JSON.stringify(files)}) {
      const { f } = await import(${JSON.stringify(`${pathToFileURL(program).href}/`)} + name);
      text[name] = String(f);
    }
    const babel = Object.keys(createRequire(import.meta.url).cache).some((file) => file.includes('/@babel/'));
    console.log(JSON.stringify({ text, snapshot: Buffer.from(snapshot()).toString('base64'), babel }));`;
  const [command, ...args] = [...by, process.execPath, '--input-type=module', '-e', script];
  const { stdout, stderr } = await exec(command!, args, {
    cwd: folder,
    env: { ...process.env, KCOVJS_CACHE: cache, ...env },
    maxBuffer: 1 << 26,
  });
  const seen = JSON.parse(stdout) as { text: Record<string, string>; snapshot: string; babel: boolean };
  return { ...seen, snapshot: createHash('sha256').update(seen.snapshot).digest('hex'), stderr };
}

const same = ({ text, snapshot, stderr }: Awaited<ReturnType<typeof start>>) => ({ text, snapshot, stderr });

/** Entries by name, with their content. */
const entries = (): Record<string, string> =>
  Object.fromEntries(readdirSync(cache).map((name) => [name, readFileSync(join(cache, name), 'latin1')]));

const inodes = (): number[] => readdirSync(cache).map((name) => statSync(join(cache, name)).ino);

/** Rewrites the text of entries, checksum and all, to show that they are what runs. */
function tamper(change: (text: string) => string): void {
  for (const [name, entry] of Object.entries(entries())) {
    const text = change(Buffer.from(entry, 'latin1').subarray(64).toString());
    writeFileSync(join(cache, name), createHash('sha256').update(name).update(text).digest('hex') + text);
  }
}

describe('a warm start', () => {
  test('has what a cold one has, and one without a cache, byte for byte', async () => {
    const without = await start({ env: { KCOVJS_CACHE: 'off' } });
    expect(existsSync(cache)).toBe(false);
    const cold = await start();
    const [kept, files] = [entries(), inodes()];
    const warm = await start();
    expect(same(cold)).toEqual(same(without));
    expect(same(warm)).toEqual(same(without));
    for (const name of FILES) expect(warm.text[name], name).toContain('__kcov');
    expect(entries()).toEqual(kept);
    expect(inodes()).toEqual(files);
  });

  test('runs what the cache holds, in CommonJS, ES modules and TypeScript', async () => {
    await start();
    tamper((text) => text.replaceAll(/(=>|return) ?(?=\w+|\()/g, '$1 /* kept */ '));
    const { text } = await start();
    for (const name of FILES) expect(text[name], name).toContain('/* kept */');
  });

  test('loads no Babel', async () => {
    const files = ['a.cjs', 'typed.cts', 'mapped.cjs'];
    expect((await start({ files })).babel).toBe(true);
    expect((await start({ files })).babel).toBe(false);
  });

  test('is the same where Node cannot require an ES module, but for Babel, which is then always loaded', async () => {
    const options = { files: ['a.cjs', 'b.mjs'] };
    const env = { NODE_OPTIONS: '--no-experimental-require-module' };
    const cold = await start({ ...options, env });
    const kept = inodes();
    expect(await start({ ...options, env })).toEqual({ ...cold, babel: true });
    expect(await start(options)).toEqual({ ...cold, babel: false });
    expect(inodes()).toEqual(kept);
  });

  test('leaves the packages alone that the compiler is made of, as a cold one does, which has loaded them', async () => {
    const modules = join(ROOT, 'node_modules');
    write(
      'a.cjs',
      `const tokens = require(${JSON.stringify(`${modules}/js-tokens`)}).default; exports.f = () => tokens;`,
    );
    write(
      'b.mjs',
      `export { encode as f } from ${JSON.stringify(`${modules}/@jridgewell/sourcemap-codec/dist/sourcemap-codec.mjs`)};`,
    );
    const options = { files: ['a.cjs', 'b.mjs'], include: '*' };
    const cold = await start(options);
    expect(cold.text['b.mjs']).not.toContain('__kcov');
    expect(Object.keys(entries())).toHaveLength(2);
    expect(same(await start(options))).toEqual(same(cold));
    expect(Object.keys(entries())).toHaveLength(2);
  });

  test('names the same source maps that are lost or broken', async () => {
    write('mapped.cjs.map', '{ "version": 2 }');
    write('a.cjs', 'exports.f = () => 1;\n//# sourceMappingURL=gone.map\n');
    const cold = await start();
    const warm = await start();
    expect(cold.stderr).toMatch(/a\.cjs: ENOENT.*\n.*mapped\.cjs: not a source map of version 3;/);
    expect(same(warm)).toEqual(same(cold));
  });
});

describe('nothing stale is used after an edit of', () => {
  const files = ['a.cjs', 'mapped.cjs'];
  /** What a start sees that has only ever seen the program as it is now. */
  const fresh = async (options: Start = {}) =>
    same(await start({ ...options, env: { KCOVJS_CACHE: 'off' } }));

  const edits: [string, () => void][] = [
    ['the source', () => write('a.cjs', 'exports.f = (n) => (n === 8 ? 1 : 2);\n')],
    [
      'the source map beside it',
      () =>
        write(
          'mapped.cjs.map',
          readFileSync(join(program, 'mapped.cjs.map'), 'utf8').replace('one.ts', 'two.ts'),
        ),
    ],
    ["the package's name", () => write('package.json', '{ "name": "q" }')],
    [
      'the place where it lies',
      () => {
        cpSync(program, join(folder, 'elsewhere/p'), { recursive: true });
        program = join(folder, 'elsewhere/p');
      },
    ],
  ];
  test.each(edits)('%s', async (_, edit) => {
    const before = await start({ files });
    edit();
    const after = same(await start({ files }));
    expect(after).toEqual(await fresh({ files }));
    expect(after.snapshot).not.toBe(before.snapshot);
  });

  test('the filter: what is only compiled to run is another output than what is traced', async () => {
    const files = ['c.ts', 'typed.cts'];
    await start({ files });
    const { text } = await start({ files, include: 'no such file' });
    expect(Object.values(text).join()).not.toContain('__kcov');
    expect((await start({ files })).text['c.ts']).toContain('__kcov');
  });

  test('the compiler', async () => {
    const dist = copyOfDist();
    await start({ dist });
    const emit = join(dist, 'src/instrument/emit.js');
    writeFileSync(emit, `${readFileSync(emit, 'utf8')}\n// edited\n`);
    expect(await isCold(dist)).toBe(true);
    expect(await isCold(dist)).toBe(false);
  });

  test('a package that the compiler is made of', async () => {
    const dist = copyOfDist();
    await start({ dist });
    const modules = join(folder, 'node_modules');
    rmSync(join(modules, '@jridgewell/gen-mapping'));
    cpSync(join(ROOT, 'node_modules/@jridgewell/gen-mapping'), join(modules, '@jridgewell/gen-mapping'), {
      recursive: true,
    });
    expect(await isCold(dist), 'the same version elsewhere').toBe(false);
    const manifest = join(modules, '@jridgewell/gen-mapping/package.json');
    writeFileSync(
      manifest,
      readFileSync(manifest, 'utf8').replace(/"version": "[^"]+"/, '"version": "9.9.9"'),
    );
    expect(await isCold(dist)).toBe(true);
  });

  /** Our build with node_modules of its own, so that both can be edited. */
  function copyOfDist(): string {
    const dist = join(folder, 'dist');
    cpSync(DIST, dist, { recursive: true });
    cpSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
    for (const scope of ['@babel', '@jridgewell']) {
      mkdirSync(join(folder, 'node_modules', scope), { recursive: true });
      for (const name of readdirSync(join(ROOT, 'node_modules', scope)))
        symlinkSync(join(ROOT, 'node_modules', scope, name), join(folder, 'node_modules', scope, name));
    }
    return dist;
  }

  /** Whether a start compiles. */
  const isCold = async (dist: string): Promise<boolean> => (await start({ dist, files: ['a.cjs'] })).babel;
});

describe('custom hooks', () => {
  /** What a replayed target says with hooks in a file. */
  async function replay(hooks: string, env: Record<string, string> = {}): Promise<string> {
    const target = join(program, 'target.cjs');
    write('lib.cjs', 'function secret(n) { return n; }\nmodule.exports.secret = secret;\n');
    write('target.cjs', "exports.fuzz = () => { console.log('secret', require('./lib.cjs').secret(1)); };\n");
    write('hooks.cjs', `const { registerReplaceHook } = require('@jazzer.js/hooking');\n${hooks}`);
    write('input', 'x');
    mkdirSync(join(folder, 'node_modules'), { recursive: true });
    if (!existsSync(join(folder, 'node_modules/@jazzer.js')))
      symlinkSync(join(ROOT, 'node_modules/@jazzer.js'), join(folder, 'node_modules/@jazzer.js'));
    const args = [MAIN, 'replay', target, join(program, 'input'), '-h', join(program, 'hooks.cjs')];
    const { stdout } = await exec(process.execPath, args, {
      env: { ...process.env, KCOVJS_CACHE: cache, ...env },
    });
    return /^secret (.*)$/m.exec(stdout)![1]!;
  }

  test.runIf(ALL)('are those of now, whatever was kept with other ones', async () => {
    const hook = (value: number, target = 'secret') =>
      `registerReplaceHook('${target}', '/p/lib', false, () => ${value});\n`;
    expect(await replay('')).toBe('1');
    expect(await replay(hook(2))).toBe('2');
    expect(await replay(hook(3))).toBe('3');
    // The hook's number is in the output.
    expect(await replay(hook(5, 'other') + hook(4))).toBe('4');
    expect(await replay('')).toBe('1');
    const kept = inodes();
    expect(await replay(hook(3))).toBe('3');
    expect(inodes()).toEqual(kept);
  });

  test.runIf(ALL)(
    'that bring Babel plugins of their own keep nothing, since what those do cannot be told',
    async () => {
      const plugin = (value: number) => `
      require('@jazzer.js/instrumentor').registerInstrumentationPlugin(() => ({
        visitor: { FunctionDeclaration: { exit({ node }) {
          if (node.id.name === 'secret') node.body.body.at(-1).argument = { type: 'NumericLiteral', value: ${value} };
        } } },
      }));`;
      expect(await replay(plugin(6))).toBe('6');
      expect(await replay(plugin(7))).toBe('7');
    },
  );

  test('that configure a bug detector change what it adds to the code', async () => {
    await replay('');
    const before = Object.keys(entries());
    await replay(
      `require('@jazzer.js/bug-detectors').getBugDetectorConfiguration('prototype-pollution').instrumentAssignmentsAndVariableDeclarations();`,
    );
    const added = Object.entries(entries()).filter(([name]) => !before.includes(name));
    expect(added.map(([, entry]) => entry).join()).toContain('detectPrototypePollution');
  });
});

describe('an entry that is damaged is made anew', () => {
  const damages: [string, (path: string) => void][] = [
    ['cut short', (path) => truncateSync(path, statSync(path).size - 10)],
    ['cut within its checksum', (path) => truncateSync(path, 30)],
    ['empty', (path) => truncateSync(path, 0)],
    [
      'with a bit flipped',
      (path) => {
        const bytes = readFileSync(path);
        bytes[100]! ^= 4;
        writeFileSync(path, bytes);
      },
    ],
    [
      'a folder with something in it',
      (path) => {
        rmSync(path);
        mkdirSync(path);
        writeFileSync(join(path, 'x'), '');
      },
    ],
    [
      'a link to nowhere',
      (path) => {
        rmSync(path);
        symlinkSync('nowhere', path);
      },
    ],
  ];
  test.each(damages)('%s', (_, damage) => {
    const disk = new DiskCache(folder);
    const key = 'a'.repeat(64);
    const text = 'some text, long enough to be cut and damaged in many ways. '.repeat(4);
    disk.put(key, text);
    expect(disk.get(key)).toBe(text);
    damage(join(folder, key));
    expect(disk.get(key)).toBe(null);
    disk.put(key, text);
    expect(disk.get(key)).toBe(text);
    expect(readdirSync(folder).filter((name) => name.startsWith(key))).toEqual([key]);
  });

  test('that of another key', () => {
    const disk = new DiskCache(folder);
    const [one, two] = ['1'.repeat(64), '2'.repeat(64)];
    disk.put(one, 'one');
    disk.put(two, 'two');
    renameSync(join(folder, one), join(folder, two));
    expect([disk.get(one), disk.get(two)]).toEqual([null, null]);
  });

  test('in a process, which runs the right code all the same', async () => {
    const files = ['a.cjs', 'mapped.cjs'];
    const cold = await start({ files });
    for (const name of readdirSync(cache)) truncateSync(join(cache, name), 70);
    expect(same(await start({ files }))).toEqual(same(cold));
    const kept = inodes();
    expect(same(await start({ files }))).toEqual(same(cold));
    expect(inodes()).toEqual(kept);
  });
});

test('ten processes at once on an empty cache see what one sees, and leave whole entries', async () => {
  const files = ['a.cjs'];
  const alone = same(await start({ files, env: { KCOVJS_CACHE: 'off' } }));
  const all = await Promise.all(Array.from({ length: 10 }, () => start({ files })));
  for (const one of all) expect(same(one)).toEqual(alone);
  for (const [name, entry] of Object.entries(entries())) {
    expect(name).toMatch(/^[0-9a-f]{64}$/);
    const text = Buffer.from(entry, 'latin1').subarray(64);
    expect(entry.slice(0, 64)).toBe(createHash('sha256').update(name).update(text).digest('hex'));
  }
  expect((await start({ files: ['a.cjs'] })).babel).toBe(false);
});

describe('where the cache lies', () => {
  test('KCOVJS_CACHE, or off; else $XDG_CACHE_HOME/kcovjs/instrumented', async () => {
    expect(DiskCache.open({ KCOVJS_CACHE: 'off', XDG_CACHE_HOME: folder })).toBe(null);
    expect(DiskCache.open({ KCOVJS_CACHE: '0', XDG_CACHE_HOME: folder })).toBe(null);
    expect(existsSync(join(folder, 'kcovjs'))).toBe(false);
    DiskCache.open({ XDG_CACHE_HOME: folder })!.put('a'.repeat(64), 'x');
    expect(readdirSync(join(folder, 'kcovjs/instrumented'))).toEqual(['a'.repeat(64)]);
    DiskCache.open({ KCOVJS_CACHE: cache, XDG_CACHE_HOME: '/nowhere' })!.put('b'.repeat(64), 'x');
    expect(readdirSync(cache)).toEqual(['b'.repeat(64)]);
    expect(statSync(cache).mode & 0o777).toBe(0o700);
  });

  test('not in a folder that others can write, nor beside one', () => {
    mkdirSync(cache);
    for (const mode of [0o777, 0o770, 0o702]) {
      chmodSync(cache, mode);
      expect(DiskCache.open({ KCOVJS_CACHE: cache }), mode.toString(8)).toBe(null);
    }
    chmodSync(cache, 0o755);
    expect(DiskCache.open({ KCOVJS_CACHE: cache })).not.toBe(null);
    mkdirSync(join(folder, 'kcovjs'));
    chmodSync(join(folder, 'kcovjs'), 0o777);
    expect(DiskCache.open({ XDG_CACHE_HOME: folder })).toBe(null);
  });

  test.runIf(isRoot)("not in another user's folder", () => {
    mkdirSync(cache, { mode: 0o755 });
    chownSync(cache, NOBODY, NOBODY);
    expect(DiskCache.open({ KCOVJS_CACHE: cache })).toBe(null);
  });

  test('not behind a link, which its owner may turn elsewhere', () => {
    mkdirSync(join(folder, 'real'), { mode: 0o700 });
    symlinkSync('real', cache);
    expect(DiskCache.open({ KCOVJS_CACHE: cache })).toBe(null);
  });

  test('a file in its place is nothing to fail for', async () => {
    writeFileSync(cache, 'mine');
    expect((await start({ files: ['a.cjs'] })).stderr).toBe('');
    expect(readFileSync(cache, 'utf8')).toBe('mine');
  });
});

describe('where nothing can be written', () => {
  /** Root may write everywhere, unless that is taken away. */
  const by = isRoot ? ['setpriv', '--bounding-set=-all', '--inh-caps=-all'] : [];

  test('a read-only home goes without, silently', async () => {
    const HOME = join(folder, 'home');
    mkdirSync(HOME);
    chmodSync(HOME, 0o555);
    const env = { HOME, XDG_CACHE_HOME: '', KCOVJS_CACHE: '' };
    const alone = same(await start({ env: { KCOVJS_CACHE: 'off' } }));
    expect(same(await start({ env, by }))).toEqual(alone);
    expect(readdirSync(HOME)).toEqual([]);
  });

  test('a read-only cache is used as it is', async () => {
    const cold = same(await start());
    chmodSync(cache, 0o555);
    const kept = entries();
    write('b.mjs', 'export const f = (n) => n === 5;\n');
    expect((await start({ by, files: ['a.cjs', 'typed.cts'] })).babel).toBe(false);
    expect((await start({ by })).text).toEqual({ ...cold.text, 'b.mjs': expect.any(String) });
    expect(entries()).toEqual(kept);
  });

  test.runIf(isRoot)('a user without a name or a home goes without', async () => {
    const nobody = ['--reuid=12345', '--clear-groups', '--inh-caps=-all,+dac_read_search'];
    const env = { HOME: '', XDG_CACHE_HOME: '', KCOVJS_CACHE: '' };
    const as = ['setpriv', ...nobody, '--ambient-caps=-all,+dac_read_search'];
    expect((await start({ env, by: as, files: ['a.cjs'] })).stderr).toBe('');
  });
});

describe('the size of the cache', () => {
  const KIB = 1024;
  const key = (n: number): string => n.toString(16).padStart(64, '0');
  const size = (): number =>
    readdirSync(folder).reduce((sum, name) => sum + (statSync(join(folder, name)).size % (KIB * KIB)), 0);
  beforeEach(() => rmSync(program, { recursive: true }));

  test('stays within its bound, of which a sixteenth is not looked at', () => {
    const disk = new DiskCache(folder, 64 * KIB);
    for (let n = 0; n < 300; n++) {
      disk.put(key(n), 'x'.repeat(KIB));
      expect(size()).toBeLessThanOrEqual(64 * KIB * (1 + 1 / 16) + 2 * KIB);
    }
    expect(disk.get(key(299))).not.toBe(null);
    expect(size()).toBeGreaterThan(32 * KIB);
  });

  test('what was used last stays', () => {
    const disk = new DiskCache(folder, 64 * KIB);
    for (let n = 0; n < 60; n++) {
      disk.put(key(n), 'x'.repeat(KIB));
      const days = new Date(Date.now() - (100 - n) * 24 * 3600 * 1000);
      utimesSync(join(folder, key(n)), days, days);
    }
    disk.get(key(0));
    new DiskCache(folder, 32 * KIB).put(key(60), 'x');
    const kept = readdirSync(folder).map((name) => Number.parseInt(name, 16));
    expect(kept).toContain(0);
    expect(kept).toContain(60);
    expect(kept).not.toContain(1);
    expect(kept.filter((n) => n > 0 && n < 60)).toEqual(
      Array.from({ length: kept.length - 2 }, (_, i) => 62 - kept.length + i),
    );
  });

  test("other people's files are not touched, and what a killed process left is cleared away in time", () => {
    const names = ['letter.txt', `${key(1)}.txt`, `${key(1)}.123-0123abcd`, `${key(2)}.123-0123abcd`];
    for (const name of names) writeFileSync(join(folder, name), 'x'.repeat(9 * KIB));
    const old = new Date(Date.now() - 2 * 3600 * 1000);
    for (const name of names.slice(0, 3)) utimesSync(join(folder, name), old, old);
    new DiskCache(folder, 8 * KIB).put(key(3), 'x');
    expect(readdirSync(folder).sort()).toEqual([names[1], names[3], key(3), names[0]].sort());
  });

  test('what would not come back as it was, or fill the cache, is not kept', () => {
    const disk = new DiskCache(folder, 64 * KIB);
    disk.put(key(1), 'x'.repeat(33 * KIB));
    disk.put(key(2), 'half a pair: \ud800');
    disk.put(key(3), 'a whole pair: \u{1f600}');
    expect([disk.get(key(1)), disk.get(key(2)), disk.get(key(3))]).toEqual([
      null,
      null,
      'a whole pair: \u{1f600}',
    ]);
  });
});
