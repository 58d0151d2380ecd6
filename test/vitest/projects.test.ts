import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CoverageMapData } from 'istanbul-lib-coverage';
import { expect, test } from 'vitest';
import { kcovjs } from '../cli/kcovjs.ts';
import { project } from './project.ts';

const TEST = `
import { fuzz } from 'kcovjs/vitest';
import { first } from '@lib/first';
fuzz('reads', (data) => first(data));
`;
const LIBRARY = `export function first(data: Buffer): string {
  if (data[0] === 0x7b) return 'object';
  return 'other';
}
`;
const PACKAGE = `
import { defineProject } from 'vitest/config';
export default defineProject({ resolve: { alias: { '@lib': new URL('./lib', import.meta.url).pathname } } });
`;
const ROOT = `
import { defineConfig } from 'vitest/config';
export default defineConfig({
  resolve: { alias: { '@lib': new URL('./lib', import.meta.url).pathname } },
  test: {
    projects: [
      { extends: true, test: { name: 'inline', include: ['inline/*.test.ts'] } },
      { extends: true, test: { name: 'other', include: ['other/*.test.ts'] } },
      'packages/*',
    ],
  },
});
`;

const monorepo = (): string =>
  project({
    'vitest.config.ts': ROOT,
    'inline/first.test.ts': TEST,
    'lib/first.ts': LIBRARY,
    'packages/one/vitest.config.ts': PACKAGE,
    'packages/one/package.json': '{ "name": "one", "type": "module" }',
    'packages/one/test/first.test.ts': TEST,
    'packages/one/lib/first.ts': LIBRARY,
    'corpus/object': '{',
    'corpus/other': '[',
  });

/** How often each statement of a file was executed by the inputs of `corpus`. */
function executed(cwd: string, target: string, file: string): number[] {
  const { code, stderr } = kcovjs(['report', target, 'corpus', '--format', 'json', '-o', 'out'], { cwd });
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.not.stringContaining('config.ts has') });
  const map = JSON.parse(readFileSync(join(cwd, 'out/coverage-final.json'), 'utf8')) as CoverageMapData;
  const found = Object.values(map).find(({ path }) => path === join(cwd, file));
  return Object.values(found?.s ?? {});
}

test('what a project of a configuration with several imports is instrumented', () => {
  expect(executed(monorepo(), 'inline/first.test.ts#reads', 'lib/first.ts')).toEqual([2, 1, 1]);
});

test('what a package with a configuration of its own imports is instrumented', () => {
  expect(executed(monorepo(), 'packages/one/test/first.test.ts#reads', 'packages/one/lib/first.ts')).toEqual([
    2, 1, 1,
  ]);
});
