import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CoverageMapData, FileCoverageData } from 'istanbul-lib-coverage';
import { beforeAll, describe, expect, test } from 'vitest';
import { counts, essence, hits, KCOV, Project } from './coverage-project.ts';
import { SAMPLE } from './coverage-sample.ts';

let project: Project;
let expected: CoverageMapData;
beforeAll(async () => {
  project = new Project(SAMPLE);
  expected = await project.coverage('istanbul');
});

const fileOf = (map: CoverageMapData, name: string): FileCoverageData =>
  map[join(project.root, 'src', name)] as FileCoverageData;

test('TypeScript, JSX, aliases, import cycles and comments are covered as vitest’s istanbul has them', async () => {
  const mine = await project.coverage('kcov');
  expect(essence(mine)).toEqual(essence(expected));
  const names = Object.values(fileOf(mine, 'shape.ts').fnMap).map(({ decl }) => decl.start.line);
  const line = (text: string): number =>
    SAMPLE['src/shape.ts']!.split('\n').findIndex((one) => one.includes(text)) + 1;
  expect(names).toContain(line('function taken'));
  expect(names).not.toContain(line('function left'));
  expect(names).not.toContain(line('unused()'));
});

test('a file that no test has loaded is uncovered', async () => {
  const unused = fileOf(await project.coverage('kcov'), 'unused.ts');
  expect(counts(unused)).toEqual([0, 0, 0, 0]);
});

describe('each pool covers the same', () => {
  test.each([['forks'], ['threads']])('%s', async (pool) => {
    expect(essence(await project.coverage('kcov', [`--pool=${pool}`]))).toEqual(essence(expected));
  });

  /** Files that share a realm load a module once. What they call of it they call as often as ever. */
  test.each([
    ['vmThreads'],
    ['vmForks'],
    ['forks', '--no-isolate'],
  ])('%s, with one worker %s', async (pool, ...args) => {
    const mine = await project.coverage('kcov', [`--pool=${pool}`, '--maxWorkers=1', ...args]);
    expect(hits(mine)).toEqual(hits(expected));
    const [shared, alone] = [fileOf(mine, 'shape.ts'), fileOf(expected, 'shape.ts')];
    const area = Object.keys(alone.fnMap).find((id) => alone.fnMap[id]!.name === 'area')!;
    expect(shared.f[area]).toBe(2);
    expect(alone.f[area]).toBe(2);
  });
});

test('modules that vitest keeps between runs are counted in the next one too', async () => {
  const [first, second] = [
    await project.coverage('kcov', ['--experimental.fsModuleCache']),
    await project.coverage('kcov', ['--experimental.fsModuleCache']),
  ];
  expect(essence(first)).toEqual(essence(expected));
  expect(essence(second)).toEqual(essence(expected));
});

test('parts of a run are merged into the whole', async () => {
  for (const shard of ['1/2', '2/2']) {
    const { code, output } = await project.run([
      '--coverage.enabled',
      ...KCOV,
      '--reporter=blob',
      `--shard=${shard}`,
    ]);
    expect(code, output).toBe(0);
  }
  const args = ['--coverage.enabled', ...KCOV, '--coverage.reporter=json', '--merge-reports'];
  const { code, output } = await project.run([...args, '--coverage.reportsDirectory=merged']);
  expect(code, output).toBe(0);
  expect(essence(JSON.parse(project.read('merged/coverage-final.json')))).toEqual(essence(expected));
});

test('projects of one run are covered together', async () => {
  const workspace = new Project({
    ...SAMPLE,
    'vitest.config.mjs': SAMPLE['vitest.config.mjs']!.replace(
      'coverage:',
      `projects: [
        { extends: true, test: { name: 'shapes', include: ['src/shape.test.ts'] } },
        { extends: true, define: { 'import.meta.env.VIEW': '1' }, test: { name: 'views', include: ['src/view.test.ts'] } },
      ], coverage:`,
    ),
  });
  const mine = await workspace.coverage('kcov');
  const theirs = await workspace.coverage('istanbul');
  expect(essence(mine)).toEqual(essence(theirs));
});

test('reporters of istanbul write their files, and thresholds that are missed end with 1', async () => {
  const args = [
    '--coverage.enabled',
    ...KCOV,
    '--coverage.thresholds.statements=99',
    '--coverage.reportsDirectory=out',
  ];
  const formats = ['text', 'lcov', 'html', 'cobertura'].map((name) => `--coverage.reporter=${name}`);
  const { code, output } = await project.run([...args, ...formats]);
  expect(code).toBe(1);
  expect(output).toContain('Coverage enabled with kcov');
  expect(output).toMatch(/shape\.ts +\|/);
  expect(output).toMatch(/ERROR: Coverage for statements \([\d.]+%\) does not meet global threshold \(99%\)/);
  for (const file of ['lcov.info', 'index.html', 'cobertura-coverage.xml', 'shape.ts.html'])
    expect(existsSync(join(project.root, 'out', file)), file).toBe(true);
});

test('a reporter that is not there is named before any test runs', async () => {
  const { code, output } = await project.run(['--coverage.enabled', ...KCOV, '--coverage.reporter=nope']);
  expect(code).toBe(1);
  expect(output).toContain("coverage.reporter: nope is no report of istanbul's");
  expect(output).not.toContain('✓');
  expect(output).not.toMatch(/^ +at /m);
});
