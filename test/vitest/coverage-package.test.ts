import type { FileCoverageData } from 'istanbul-lib-coverage';
import { expect, test } from 'vitest';
import { ALL } from '../all.ts';
import { counts, essence, Project } from './coverage-project.ts';

/** zod's package has its TypeScript, and its own tests for vitest. */
const TESTS = ['codec', 'catch', ...(ALL ? ['enum'] : [])].map(
  (name) => `src/v4/classic/tests/${name}.test.ts`,
);

const FILES = ALL ? '*' : '{schemas,checks,util,parse,errors}';

const CONFIG = `
import { fileURLToPath } from 'node:url';
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
export default {
  resolve: { alias: [{ find: /^zod\\/(.*)$/, replacement: here('./src/$1') }] },
  test: {
    include: ${JSON.stringify(TESTS)},
    coverage: { include: ['src/v4/core/${FILES}.ts'] },
  },
};`;

test('a package’s own tests cover what vitest’s istanbul says, to the last count', async () => {
  const project = new Project({ 'vitest.config.mjs': CONFIG });
  project.copy('zod/src', 'src');
  const mine = await project.coverage('kcov');
  const theirs = await project.coverage('istanbul');
  const all = Object.values(theirs).flatMap((file) => counts(file as FileCoverageData));
  // Were it a small part, much could be wrong unseen.
  expect(all.length).toBeGreaterThan(ALL ? 5_000 : 4_000);
  expect(all.filter((count) => count > 0).length).toBeGreaterThan(1_000);
  expect(Object.keys(mine).sort()).toEqual(Object.keys(theirs).sort());
  for (const [path, file] of Object.entries(essence(theirs))) expect(essence(mine)[path], path).toEqual(file);
});
