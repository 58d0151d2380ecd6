import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { emptyFolder, kcovjs, MAIN, ROOT } from '../cli/kcovjs.ts';
import { run, succeed } from './user.ts';

/** Code that fails on one input in 2^64: a fuzzer gets there only where the code is instrumented. */
const code = (magic: string): string => `{
  if (data.length < 8) return 'short';
  if (data.readUInt32LE(0) !== ${magic}) return 'other';
  if (data[4] === 1) {
    if (data.toString('latin1', 5, 8) === 'zip') throw new Error('opened ${magic}');
  }
  return 'opened';
}
`;
const esm = (magic: string): string => `export function open(data) ${code(magic)}`;
const commonjs = (magic: string): string => `exports.open = function open(data) ${code(magic)}`;

const described = (name: string, more: object = {}): string =>
  JSON.stringify({ name, version: '1.0.0', type: 'module', main: 'index.js', ...more });

/** One package of CommonJS and one of TypeScript, in workspaces, and what npm or pnpm have installed for them. */
const FILES: Record<string, string> = {
  'package.json': JSON.stringify({ private: true, type: 'module', workspaces: ['packages/*'] }),
  'vitest.config.ts': `export default { test: { projects: ['packages/*'] } };`,

  'packages/codec/package.json': described('@mono/codec', { type: 'commonjs' }),
  'packages/codec/index.js': `module.exports = require('./lib/open.js');`,
  'packages/codec/lib/open.js': commonjs('0xcafef00d'),
  'packages/codec/vitest.config.js': `module.exports = { test: { name: 'codec' } };`,
  'packages/codec/codec.test.js': `
    import { fuzz } from 'kcovjs/vitest';
    fuzz('required', { maxTime: 60 }, (data) => require('./index.js').open(data));`,
  'packages/codec/other.test.js': `
    import { fuzz } from 'kcovjs/vitest';
    import { open } from 'esm';
    fuzz('of a package', { runs: 100 }, (data) => open(data));
    fuzz('of a package that is named', { runs: 100, includes: ['/node_modules/esm/'] }, (data) => open(data));`,

  'packages/app/package.json': described('@mono/app', { exports: './src/index.ts' }),
  'packages/app/src/index.ts': esm('0x0badcafe').replace('data', 'data: Buffer'),
  'packages/app/app.test.ts': `
    import { fuzz } from 'kcovjs/vitest';
    import * as own from './src/index.ts';
    import codec from '@mono/codec';
    import * as esm from 'esm';
    import * as cjs from 'cjs';
    import * as linked from 'linked';
    fuzz('all', (data) => {
      for (const { open } of [own, codec, esm, cjs, linked]) open(data);
    });`,

  'node_modules/esm/package.json': described('esm'),
  'node_modules/esm/index.js': esm('0xdeadbeef'),
  'node_modules/cjs/package.json': described('cjs', { type: 'commonjs' }),
  'node_modules/cjs/index.js': commonjs('0xfeedface'),
  'node_modules/.pnpm/linked@1.0.0/node_modules/linked/package.json': described('linked', {
    type: 'commonjs',
  }),
  'node_modules/.pnpm/linked@1.0.0/node_modules/linked/index.js': commonjs('0xc0ffee01'),
};

const LINKS: Record<string, string> = {
  linked: '.pnpm/linked@1.0.0/node_modules/linked',
  '@mono/codec': '../../packages/codec',
  '@mono/app': '../../packages/app',
  kcovjs: ROOT,
  vitest: join(ROOT, 'node_modules/vitest'),
  vite: join(ROOT, 'node_modules/vite'),
};

function monorepo(): string {
  const root = emptyFolder();
  const place = (file: string): string => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    return join(root, file);
  };
  for (const [file, text] of Object.entries(FILES)) writeFileSync(place(file), text);
  for (const [name, to] of Object.entries(LINKS)) symlinkSync(to, place(`node_modules/${name}`));
  return root;
}

/** What each of them fails on. */
const OPENED: readonly (readonly [what: string, magic: string, file: string])[] = [
  ['a module of a package', '0x0badcafe', 'packages/app/src/index.ts'],
  ['another package, of CommonJS', '0xcafef00d', 'packages/codec/lib/open.js'],
  ['a dependency', '0xdeadbeef', 'node_modules/esm/index.js'],
  ['a dependency of CommonJS', '0xfeedface', 'node_modules/cjs/index.js'],
  ['one that pnpm has linked', '0xc0ffee01', 'node_modules/.pnpm/linked@1.0.0/node_modules/linked/index.js'],
];

function input(magic: string): Buffer {
  const bytes = Buffer.from('....\x01zip', 'latin1');
  bytes.writeUInt32LE(Number(magic));
  return bytes;
}

interface Replayed {
  error: { message: string; stack: string[] };
  trace: { file: string; line: number }[];
}

describe('in a monorepo', () => {
  const root = monorepo();

  test('fuzz tests of all packages are tests', async () => {
    const output = await succeed(root, process.execPath, 'node_modules/vitest/vitest.mjs', 'run');
    expect(output).toContain('|@mono/app| app.test.ts (1 test)');
    expect(output).toContain('|codec| codec.test.js (1 test)');
  });

  describe('what a fuzz test executes is instrumented, and its frames are mapped', () => {
    let replayed: Replayed[];

    beforeAll(() => {
      for (const [, magic] of OPENED) writeFileSync(join(root, magic), input(magic));
      const parts = ['packages/', 'node_modules/esm/', 'node_modules/cjs/', 'node_modules/linked/'];
      const filter = parts.flatMap((part) => ['-i', part]);
      const inputs = OPENED.map(([, magic]) => magic);
      const args = ['replay', 'packages/app/app.test.ts#all', ...inputs, ...filter, '--json'];
      const { stdout, stderr } = kcovjs(args, { cwd: root });
      expect(stderr).toBe('');
      replayed = stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Replayed);
    });

    test.each(OPENED)('%s', (_, magic, file) => {
      const { error, trace } = replayed[OPENED.findIndex((one) => one[1] === magic)]!;
      const lines = trace.filter((one) => one.file === join(root, file)).map(({ line }) => line);
      expect(new Set(lines)).toEqual(new Set([1, 2, 3, 4, 5]));
      expect(error.message).toBe(`opened ${magic}`);
      expect(error.stack[0]).toContain(`${join(root, file)}:5:`);
      expect(error.stack[1]).toContain(`${join(root, 'packages/app/app.test.ts')}:9:`);
    });
  });

  test('kcovjs vitest in one package finds what only coverage leads to, and keeps it there', async () => {
    const folder = join(root, 'packages/codec');
    const { code, output } = await run(folder, process.execPath, MAIN, 'vitest');
    expect(output).toContain('opened 0xcafef00d');
    // Nothing guides the fuzzer where only the test itself is instrumented.
    const narrow =
      /^fuzzing (.*): only its test file is instrumented; .* the option 'includes' says where$/gm;
    expect([...output.matchAll(narrow)].map(([, name]) => name)).toEqual(['of a package']);
    expect(output).toMatch(/❯ .*open lib\/open\.js:5:/);
    expect(code).toBe(1);
    expect(readdirSync(join(folder, 'corpus/codec/required/regressions'))).toHaveLength(1);
    expect(existsSync(join(root, 'node_modules/.cache/kcovjs/fuzz/packages-codec-codec.test.js'))).toBe(true);
  });
});
