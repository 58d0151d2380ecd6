import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { project, vitest, write } from './project.ts';

const TEST = `import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { fuzz } from 'kcovjs/vitest';
fuzz('bytes', (data, { expect, task }) => {
  expect(data).toBeInstanceOf(Buffer);
  expect(task.name).toMatchSnapshot();
});
fuzz.prop([fc.string(), fc.array(fc.nat())])('values', (text, list) => {
  expect(text).toBeTypeOf('string');
  expect(list).toBeInstanceOf(Array);
});
fuzz('a callback', (data, done) => { queueMicrotask(done); });
fuzz('a failure', (data) => { if (data.length > 0) Buffer.alloc(-1); });
fuzz('no addon', () => {
  const loaded = readFileSync('/proc/self/maps', 'utf8').match(/\\S+\\.node$/gm) ?? [];
  expect(loaded.filter((path) => !path.includes('rolldown') && !path.includes('/@oxc'))).toEqual([]);
});
fuzz('nothing is instrumented', () => { expect(String(plain)).toBe('(n) => n > 3 ? 1 : 2'); });
const plain = (n) => n > 3 ? 1 : 2;
`;

const INPUTS = { 'corpus/first/a-failure/crash-1': 'x', 'corpus/second/a-failure/crash-2': 'x' };

describe('a plain run of vitest', () => {
  let folder: string;
  beforeAll(() => {
    folder = project({ 'first.test.ts': TEST, 'second.test.ts': TEST, ...INPUTS });
  });

  test.each([
    [[]],
    [['--pool=threads']],
    [['--pool=vmThreads']],
    [['--pool=vmForks']],
    [['--no-isolate', '--no-file-parallelism']],
  ])('runs inputs in any pool, isolated or not: %s', (args) => {
    const { code, results, output } = vitest(folder, args);
    expect(code, output).toBe(1);
    const failed = results.filter(({ status }) => status !== 'passed').map(({ fullName }) => fullName);
    expect(failed.sort()).toEqual(['a failure > crash-1', 'a failure > crash-2']);
    expect(results).toHaveLength(14);
    expect(output).toContain('RangeError: The value of "size" is out of range.');
    expect(output).toMatch(/❯ first\.test\.ts:14:/);
  });

  test('leaves nothing behind', () => {
    expect(() => readFileSync(join(folder, 'node_modules/.cache/kcovjs'))).toThrow('ENOENT');
  });
});

test('thousands of inputs are as many tests', () => {
  const names = Array.from({ length: 2000 }, (_, i) => `corpus/many/all/${i % 7}/${i}`);
  const folder = project({
    'many.test.ts': `import { fuzz } from 'kcovjs/vitest';\nfuzz('all', (data) => { if (data.toString() === '1234') throw new Error('found'); });`,
    ...Object.fromEntries(names.map((name, i) => [name, String(i)])),
  });
  const { results } = vitest(folder);
  expect(results).toHaveLength(2001);
  expect(results.filter(({ status }) => status === 'failed').map(({ name }) => name)).toEqual(['2/1234']);
});

test('where there is no Node it is one line', () => {
  const code = (use: string): string =>
    `import { FuzzedDataProvider, fuzz } from 'kcovjs/vitest';\n${use};\n`;
  const uses = {
    'a.mjs': "fuzz('a', () => {})",
    'b.mjs': 'fuzz.prop([])',
    'c.mjs': 'new FuzzedDataProvider()',
  };
  const folder = project(Object.fromEntries(Object.entries(uses).map(([name, use]) => [name, code(use)])));
  for (const name of Object.keys(uses)) {
    const { stderr } = spawnSync(process.execPath, ['--conditions=browser', name], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(stderr).toContain(
      '\nError: kcovjs/vitest: fuzz tests run in Node; leave this file out of the projects',
    );
  }
});

describe('while vitest watches', () => {
  let folder: string;
  let child: ChildProcess;
  let output = '';
  beforeAll(() => {
    folder = project({
      'vitest.config.ts': `import { watchInputs } from 'kcovjs/vitest/watch';\nexport default { plugins: [watchInputs()] };`,
      'limit.ts': 'export const limit = 3;\n',
      'a.test.ts': `import { fuzz } from 'kcovjs/vitest';
import { limit } from './limit.ts';
fuzz('short', (data) => { if (data.length > limit) throw new Error('long ' + data); });
fuzz('named', () => {}, { corpus: 'seeds' });`,
      'b.test.ts': `import { test } from 'vitest';\ntest('other', () => {});`,
      'seeds/one': '1',
    });
    const main = join(folder, 'node_modules/vitest/vitest.mjs');
    child = spawn(process.execPath, [main, '--watch', '--reporter=verbose'], {
      cwd: folder,
      env: { PATH: process.env['PATH'], NO_COLOR: '1', TMPDIR: process.env['TMPDIR'] },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout!, child.stderr!])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
  });
  afterAll(() => {
    child.kill('SIGKILL');
  });

  /** What is said up to the end of a run that has not been looked at yet. */
  async function run(): Promise<string> {
    await expect
      .poll(() => output, { timeout: 60_000 })
      .toMatch(/Waiting for file changes|Watching for file changes/);
    const said = output;
    output = '';
    return said;
  }

  test('a new input, a changed one, and changed code run the tests that they matter to', async () => {
    expect(await run()).toContain('✓ b.test.ts');
    write(folder, { 'corpus/a/short/new': '12345' });
    let said = await run();
    expect(said).toContain('Error: long 12345');
    expect(said).not.toContain('b.test.ts');
    writeFileSync(join(folder, 'corpus/a/short/new'), '1234567');
    expect(await run()).toContain('Error: long 1234567');
    write(folder, { 'limit.ts': 'export const limit = 30;\n' });
    said = await run();
    expect(said).toContain('✓ a.test.ts > short > new');
    write(folder, { 'seeds/folder/two': '2' });
    expect(await run()).toContain('✓ a.test.ts > named > folder/two');
  });
});
