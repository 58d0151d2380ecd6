import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { transformFileAsync } from '@babel/core';
import ts from 'typescript';
import { beforeAll, describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const HARNESS = join(ROOT, 'dist/harness/index.js');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kcovjs-loader-'));
  cpSync(join(ROOT, 'test/fixtures/loader'), folder, { recursive: true });
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(ROOT, join(folder, 'node_modules/kcovjs'));
  // A package as they are published: compiled, with a map to sources that are there or not.
  const source =
    'type N = number;\n\nexport const twice = (n: N): N => {\n  if (n > 10)\n    throw new RangeError("big");\n  return 2 * n;\n};\n';
  const { outputText, sourceMapText } = ts.transpileModule(source, {
    fileName: 'twice.ts',
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES5, sourceMap: true },
  });
  writeFileSync(join(folder, 'mapped.js'), outputText.replace(/twice\.js\.map/, 'mapped.js.map'));
  writeFileSync(join(folder, 'mapped.js.map'), sourceMapText!.replace('"twice.ts"', '"src/twice.ts"'));
  // Node runs this; a compiler that walks it as a tree does not come back.
  writeFileSync(join(folder, 'deep.cjs'), `exports.value = ${Array(20_000).fill('1').join(' + ')};\n`);
  writeFileSync(join(folder, 'lost-map.cjs'), 'exports.one = 1;\n//# sourceMappingURL=gone.js.map\n');
});

/** Runs a script that has `register`, `collect`, `places` at hand, and answers with what it returns. */
function run(body: string, include = ["'*'"]): { value: unknown; stderr: string } {
  const script = `
    import { createRequire } from 'node:module';
    import { register, collect, snapshot, Symbolizer } from ${JSON.stringify(HARNESS)};
    const require = createRequire(${JSON.stringify(join(folder, 'script.js'))});
    const from = (path) => import(${JSON.stringify(`file://${folder}/`)} + path);
    const registration = register({ include: [${include}] });
    const places = (pcs) => { const s = new Symbolizer(snapshot()); return pcs.map((pc) => { const f = s.lookup(pc); return f.symbol + ' ' + f.file.slice(${folder.length + 1}) + ':' + f.line; }); };
    const body = async () => { ${body} };
    const value = await body();
    process.stdout.write('\\n' + JSON.stringify(value ?? null));
  `;
  const result = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (result.status !== 0) throw new Error(result.stderr);
  return { value: JSON.parse(result.stdout.split('\n').at(-1)!) as unknown, stderr: result.stderr };
}

describe('what loads is traced', () => {
  test('CommonJS, by require and by import', () => {
    const body = (load: string): string =>
      `const { pick } = ${load}; const { pcs, result } = collect(() => pick(7)); return [result, places(pcs)];`;
    const expected = ['seven', ['pick plain.cjs:3', 'pick plain.cjs:4']];
    expect(run(body("require('./plain.cjs')")).value).toEqual(expected);
    expect(run(body("await from('plain.cjs')")).value).toEqual(expected);
  });

  test('ES modules, in a cycle too', () => {
    const body =
      "const { both } = await from('esm/a.js'); const { pcs, result } = collect(() => both()); return [result, places(pcs)];";
    expect(run(body).value).toEqual([
      true,
      ['both esm/a.js:5', 'fromA esm/a.js:2', 'both esm/a.js:5', 'fromB esm/b.js:4'],
    ]);
  });

  test('TypeScript, by import and by require, with enums, parameter properties and imports of .js', () => {
    const body = (load: string): string =>
      `const { describe } = ${load}; const { pcs, result } = collect(() => describe({ kind: 1 })); return [result, places(pcs)];`;
    const expected = [
      'square of 9',
      [
        'describe ts/main.ts:4',
        'describe ts/main.ts:5',
        'area ts/area.ts:9',
        'Sizer.constructor ts/area.ts:4',
        'Sizer.constructor ts/area.ts:4',
        'Sizer.of ts/area.ts:5',
        'Sizer.of ts/area.ts:6',
      ],
    ];
    const sorted = (value: unknown): unknown => [
      (value as unknown[])[0],
      new Set((value as [unknown, string[]])[1]),
    ];
    expect(sorted(run(body("await from('ts/main.ts')")).value)).toEqual(sorted(expected));
    expect(sorted(run(body("require('./ts/main.ts')")).value)).toEqual(sorted(expected));
  });

  test('compiled code is shown in the file that a person wrote, also in stacks', () => {
    const { value } = run(`
      const { twice } = require('./mapped.js');
      const { pcs } = collect(() => twice(2));
      try { twice(11); } catch (error) { return [places(pcs), error.stack.split('\\n')[1].trim()]; }
    `);
    expect(value).toEqual([
      ['twice src/twice.ts:3', 'twice src/twice.ts:4', 'twice src/twice.ts:6'],
      `at twice (${folder}/src/twice.ts:5:11)`,
    ]);
  });

  test('stacks of instrumented code name the lines of the source', () => {
    const { value } = run(
      "const { describe } = await from('ts/main.ts'); try { describe({ kind: 2 }); } catch (error) { return error.stack.split('\\n')[1].trim(); }",
    );
    expect(value).toBe(`at describe (${folder}/ts/main.ts:6:9)`);
  });

  test('a byte order mark and a hashbang do no harm', () => {
    expect(
      run(
        "const f = require('./bom.cjs'); const { pcs, result } = collect(() => f(1)); return [result, places(pcs)];",
      ).value,
    ).toEqual([true, ['module.exports bom.cjs:1']]);
  });

  test('PCs are the same whatever loads first and whichever way', () => {
    const pcs = (body: string): unknown =>
      run(`${body} return collect(() => pick(7)).pcs.map(String);`).value;
    const first = pcs("const { pick } = require('./plain.cjs'); await from('ts/main.ts');");
    expect(
      pcs("await from('ts/main.ts'); await from('esm/a.js'); const { pick } = await from('plain.cjs');"),
    ).toEqual(first);
  });
});

describe('what is not traced', () => {
  test('files outside the filter', () => {
    expect(
      run("const { pick } = require('./plain.cjs'); return collect(() => pick(7)).pcs.length;", ["'/esm/'"])
        .value,
    ).toBe(0);
  });
  test('files that load after unregister', () => {
    expect(
      run(
        "registration.unregister(); const { pick } = require('./plain.cjs'); const { both } = await from('esm/a.js'); return collect(() => pick(7) + both()).pcs.length;",
      ).value,
    ).toBe(0);
  });
  test('files of every registration are instrumented, each until it is taken back', () => {
    expect(
      run(
        `registration.unregister();
         const [one, two, three] = ['plain.cjs', 'esm/a.js', 'main.ts'].map((part) => register({ include: [part] }));
         const load = async () => collect(async () => {
           delete require.cache[require.resolve('./plain.cjs')];
           require('./plain.cjs').pick(7);
           const { both } = await from('esm/a.js?' + Math.random());
           await from('ts/main.ts?' + Math.random());
         });
         const files = async () => { const { pcs } = await load(); return [...new Set(places(pcs).map((place) => place.replace(/.* |:.*/g, '')))].sort().join(); };
         const seen = [await files()];
         two.unregister();
         seen.push(await files());
         one.unregister();
         three.unregister();
         seen.push((await load().catch((error) => ({ pcs: [error.code] }))).pcs.join());
         return seen;`,
      ).value,
    ).toEqual([
      'esm/a.js,plain.cjs,ts/main.ts',
      'plain.cjs,ts/main.ts',
      Number(process.versions.node.split('.')[0]) < 22 ? 'ERR_UNKNOWN_FILE_EXTENSION' : expect.any(String),
    ]);
  });
  test('a file that cannot be instrumented is named, and runs', () => {
    const { value, stderr } = run("return require('./deep.cjs').value;");
    expect(value).toBe(20_000);
    expect(stderr).toMatch(
      /^kcovjs: cannot instrument .*\/deep\.cjs: Maximum call stack size exceeded; it runs as it is$/m,
    );
  });
  test('a source map that is gone is named, and the file is traced all the same', () => {
    const { value, stderr } = run(
      "const { pcs } = collect(() => require('./lost-map.cjs')); return places(pcs);",
    );
    expect(value).toEqual(['<module> lost-map.cjs:1']);
    expect(stderr).toMatch(/^kcovjs: cannot read the source map of .*\/lost-map\.cjs: ENOENT.*$/m);
  });
});

test('node --import kcovjs/register instruments what the environment names', () => {
  const app = join(folder, 'app.mjs');
  writeFileSync(
    app,
    "import { collect } from 'kcovjs'; import { pick } from './plain.cjs'; console.log(collect(() => pick(1)).pcs.length);",
  );
  const count = (include: string): string =>
    execFileSync(process.execPath, ['--import', 'kcovjs/register', app], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, KCOVJS_INCLUDE: include },
    });
  expect(count('plain.cjs')).toBe('2\n');
  expect(count('nothing')).toBe('0\n');
});

test('babel.config.js compiles ahead of time, and the loader does not do it again', async () => {
  const result = await transformFileAsync(join(folder, 'ts/area.ts'), {
    configFile: join(ROOT, 'babel.config.js'),
    cwd: ROOT,
  });
  writeFileSync(join(folder, 'ahead.mjs'), result!.code!);
  const body = "const { area } = await from('ahead.mjs'); return collect(() => area({ size: 2 }));";
  const traced = run(`${body.replace('return ', 'const c = ')} return [c.result, places(c.pcs)];`).value as [
    number,
    string[],
  ];
  expect(traced[0]).toBe(4);
  expect(traced[1]).toContain('Sizer.of ts/area.ts:5');
  const plain = execFileSync(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { area } from ${JSON.stringify(`${folder}/ahead.mjs`)}; console.log(area({ size: 2 }))`,
    ],
    { encoding: 'utf8' },
  );
  expect(plain).toBe('4\n');
});
