import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './process.ts';

/** A project whose tests vitest runs: files of an installed package, and tests of them. */
export interface VitestProject {
  name: string;
  /** Folders and files of packages, and where they go. */
  sources: Readonly<Record<string, string>>;
  /** Files that are written. */
  files: Readonly<Record<string, string>>;
  tests: readonly string[];
}

const CONFIG = `
import { fileURLToPath } from 'node:url';
const src = fileURLToPath(new URL('./src', import.meta.url));
export default {
  resolve: { alias: [{ find: /^zod\\/(.*)$/, replacement: src + '/$1' }] },
  test: { testTimeout: 600000 },
};
`;

/** Test262's programs for parsers, as often as a suite of some seconds has them. */
const ACORN_TEST = `import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from '/src/acorn.mjs';
const folder = new URL('../node_modules/test262-parser-tests/pass/', import.meta.url);
const programs = readdirSync(folder).map((name) => [name, readFileSync(new URL(name, folder), 'utf8')]);
test('parses what is valid', () => {
  for (let i = 0; i < 20; i++)
    for (const [name, text] of programs) {
      try {
        const sourceType = name.endsWith('.module.js') ? 'module' : 'script';
        expect(parse(text, { ecmaVersion: 'latest', sourceType }).type).toBe('Program');
      } catch {}
    }
});
`;

const ZOD_TESTS = [
  'array',
  'catch',
  'codec',
  'coerce',
  'date',
  'default',
  'enum',
  'error',
  'object',
  'union',
];

export const VITEST_PROJECTS: readonly VitestProject[] = [
  {
    name: 'zod, ten files of its own tests',
    sources: { 'zod/src': 'src' },
    files: {},
    tests: ZOD_TESTS.map((name) => `src/v4/classic/tests/${name}.test.ts`),
  },
  {
    name: 'acorn, over Test262',
    sources: { 'acorn/dist/acorn.mjs': 'src/acorn.mjs' },
    files: { 'test/acorn.test.js': ACORN_TEST },
    tests: ['test/acorn.test.js'],
  },
];

/** Writes a project, with the packages that are installed here and this one among them. */
export function writeProject(folder: string, { sources, files }: VitestProject): void {
  const modules = join(folder, 'node_modules');
  mkdirSync(modules);
  for (const name of readdirSync(join(ROOT, 'node_modules')))
    if (!name.startsWith('.')) symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  for (const name of ['package.json', 'dist'])
    cpSync(join(ROOT, name), join(modules, 'kcovjs', name), { recursive: true });
  for (const [from, to] of Object.entries(sources))
    cpSync(join(ROOT, 'node_modules', from), join(folder, to), { recursive: true });
  const written = { 'package.json': '{ "type": "module" }', 'vitest.config.mjs': CONFIG, ...files };
  for (const [path, text] of Object.entries(written)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}
