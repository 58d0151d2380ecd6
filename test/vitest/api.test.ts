import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { project, type Ran, vitest, write } from './project.ts';

const DECLARED = `
import { describe, expect } from 'vitest';
import { fuzz } from 'kcovjs/vitest';
function parse() {}
fuzz('target', () => {});
fuzz('target and options', () => {}, { corpus: 'seeds' });
fuzz('options and target', { corpus: 'seeds/one' }, () => {});
fuzz('two corpora', { corpus: ['seeds', 'more'] }, () => {});
fuzz(parse, () => {});
fuzz('skipped by a condition', () => { throw new Error('runs'); }, { skip: true });
fuzz.skip('skipped', () => { throw new Error('runs'); });
fuzz.skipIf(true)('skipped if', () => { throw new Error('runs'); });
fuzz.skipIf(false)('not skipped', () => {});
fuzz.runIf(false)('not run', () => { throw new Error('runs'); });
fuzz.runIf(true)('run', () => {});
fuzz.todo('later');
fuzz.todo('later, with a target', () => {});
fuzz('a missing corpus that is skipped', () => {}, { corpus: 'nowhere', skip: true });
fuzz.each([['a', 1], ['b', 2]])('%s is %d', (data, text, n) => { expect([text, n]).toEqual(n === 1 ? ['a', 1] : ['b', 2]); });
fuzz.each([{ name: 'x', n: 1 }, { name: 'y', n: 2 }])('object $name', (data, { name, n }) => { expect(name).toBe(n === 1 ? 'x' : 'y'); });
fuzz.each([3, 4])('value %i', (data, n, { task }) => { expect(task.suite.name).toBe('value ' + n); });
fuzz.each\`
  a    | b
  \${1} | \${'one'}
  \${2} | \${'two'}
\`('table $a', (data, { a, b }) => { expect(b).toBe(a === 1 ? 'one' : 'two'); });
fuzz.for([['p', 1], ['q', 2]])('whole row %s', (data, [text, n], { expect }) => { expect(text).toBe(n === 1 ? 'p' : 'q'); });
fuzz.skip.each([1, 2])('skipped row %i', () => { throw new Error('runs'); });
fuzz.concurrent('concurrent', (data, { task }) => { expect(task.concurrent).toBe(true); });
fuzz.concurrent.sequential('sequential', (data, { task }) => { expect(task.concurrent).toBeFalsy(); });
describe('a suite', () => {
  fuzz('inside', (data, { task }) => { expect(task.suite.suite.name).toBe('a suite'); });
});
`;

const ONLY = `
import { fuzz } from 'kcovjs/vitest';
fuzz('other', () => { throw new Error('runs'); });
fuzz.only('only', () => {});
`;

const NAMES = `
import { describe } from 'vitest';
import { fuzz } from 'kcovjs/vitest';
for (const name of ['a/b\\\\c', '한글 résumé', 'a > b', 'two\\nlines', '', 'x'.repeat(300), 'y'.repeat(300), '字'.repeat(200)])
  fuzz(name, (data) => {});
`;

const DOTS = `
import { describe } from 'vitest';
import { fuzz } from 'kcovjs/vitest';
describe('../..', () => { fuzz('./inner', () => {}); });
`;

const CONTEXT = `
import { afterAll, afterEach, aroundEach, beforeAll, beforeEach, describe, expect, onTestFailed, test, vi } from 'vitest';
import fc from 'fast-check';
import { FuzzedDataProvider, fuzz } from 'kcovjs/vitest';
import { read } from './reader.ts';
vi.mock('./dependency.ts', () => ({ answer: () => 'mocked' }));

const log = [];
describe('hooks', () => {
  beforeAll(() => { log.push('all'); });
  beforeEach(({ task }) => { log.push('before ' + task.name); return () => { log.push('cleanup'); }; });
  aroundEach(async (run) => { log.push('around'); await run(); log.push('around end'); });
  afterEach(() => { log.push('after'); });
  afterAll(() => { expect(log).toEqual(['all', 'around', 'before the empty input', 'run', 'after', 'cleanup', 'around end', 'around', 'before one', 'run', 'after', 'cleanup', 'around end']); });
  fuzz('each input is a test', () => { log.push('run'); }, { corpus: 'seeds/one' });
});

const uses = [];
const withDb = test.extend({
  db: async ({ task }, use) => { uses.push('open ' + task.name); await use({ rows: 1 }); uses.push('close'); },
  always: [async ({}, use) => { uses.push('always'); await use(1); }, { auto: true }],
  shared: [async ({}, use) => { uses.push('shared'); await use('s'); }, { scope: 'file' }],
});
const built = test.extend('port', () => 80).extend('url', ({ port }) => 'http://x:' + port);
fuzz.with(withDb)('a fixture that is taken', (data, { db, shared }) => { expect(db.rows).toBe(1); expect(shared).toBe('s'); expect(uses).toEqual(['open the empty input', 'shared', 'always'].sort((a, b) => uses.indexOf(a) - uses.indexOf(b))); });
fuzz.with(withDb)('a fixture that is not taken', () => { expect(uses.slice(-2)).toEqual(['close', 'always']); });
fuzz.with(built)('fixtures of the builder', (data, { url: where = ')' }) => { expect(where).toBe('http://x:80'); });
fuzz.with(built).prop([fc.nat()])('fixtures beside values', (n, { port }) => { expect(n + port).toBe(80); });
fuzz.with(built).each([[1, 2]])('fixtures beside rows', (data, a, b, { port }) => { expect(a + b + port).toBe(83); });

fuzz('the context', (data, { expect, task, signal, annotate, onTestFinished }) => {
  expect.assertions(4);
  expect(task.name).toBe('the empty input');
  expect(signal).toBeInstanceOf(AbortSignal);
  expect(annotate).toBeTypeOf('function');
  onTestFinished(() => {});
  expect(expect.getState().currentTestName).toBe('the context > the empty input');
});
fuzz('too few assertions', () => { expect.assertions(2); expect(1).toBe(1); });
fuzz('a mocked module', () => { expect(read()).toBe('mocked'); });
fuzz('timers that are not real', async () => {
  vi.useFakeTimers();
  const late = new Promise((resolve) => setTimeout(resolve, 1e9));
  vi.advanceTimersByTime(1e9);
  await late;
  vi.useRealTimers();
});
fuzz('a callback', (data, done) => { setTimeout(done, 1); });
fuzz('a skip within', (data, { skip }) => { skip('not today'); });
fuzz.prop([fc.string()])('values that are refused', (text) => { fc.pre(text.length > 100); throw new Error('runs'); });
fuzz.prop([fc.string()])('values that are refused later', async (text) => { await 0; fc.pre(text.length > 100); });
fuzz.prop([fc.nat(), fc.nat()])('all values', (...values) => { expect(values).toEqual([0, 0]); });
fuzz.prop([fc.nat()])('the context whole', (n, context) => { context.expect(context.task.name).toBe('the empty input'); });
fuzz('FuzzedDataProvider', (data) => { expect(new FuzzedDataProvider(data).consumeRemainingAsString()).toMatch(/^(|one)$/); }, { corpus: 'seeds/one' });
fuzz('own bytes', (data) => { expect(data).toBeInstanceOf(Buffer); expect(data.buffer.byteLength).toBeGreaterThan(-1); data.fill(0); }, { corpus: 'seeds' });
fuzz('snapshots', (data, { expect }) => {
  expect(data.toString()).toMatchSnapshot();
  expect(typeof data).toMatchInlineSnapshot('"object"');
}, { corpus: 'seeds' });
fuzz('snapshots in files', async (data) => { await expect('text').toMatchFileSnapshot('__snapshots__/file.txt'); });
`;

const SETTINGS = `
import { expect } from 'vitest';
import { fuzz } from 'kcovjs/vitest';
let tries = 0;
let repeated = 0;
fuzz('hangs', async () => { await new Promise(() => {}); }, 50);
fuzz('hangs as configured', async () => { await new Promise(() => {}); });
fuzz('fails twice', () => { if (++tries < 3) throw new Error('not yet'); }, { retry: 2 });
fuzz('is repeated', () => { repeated++; }, { repeats: 2 });
fuzz('was repeated', () => { expect(repeated).toBe(3); });
fuzz('tagged', { tags: ['slow'] }, (data, { task }) => { expect(task.tags).toEqual(['slow']); expect(task.timeout).toBe(12_345); });
`;

const files = {
  'vitest.config.ts': `
import { defineConfig } from 'vitest/config';
export default defineConfig({ test: { testTimeout: 300, includeTaskLocation: true, tags: [{ name: 'slow', timeout: 12_345 }] } });`,
  'declared.test.ts': DECLARED,
  'only.test.ts': ONLY,
  'names.test.ts': NAMES,
  'dots.test.ts': DOTS,
  'context.test.ts': CONTEXT,
  'settings.test.ts': SETTINGS,
  'reader.ts': "import { answer } from './dependency.ts';\nexport const read = () => answer();\n",
  'dependency.ts': "export const answer = () => 'real';\n",
  'seeds/one': 'one',
  'seeds/folder/two': 'two',
  'more/one': 'another one',
  'corpus/names/a-b-c/1': '',
  'corpus/names/한글-résumé/1': '',
  'corpus/names/two-lines/1': '',
  'corpus/names/fuzz/1': '',
  'corpus/dots/fuzz/inner/1': '',
};

let folder: string;
let ran: Ran;
beforeAll(() => {
  folder = project(files);
  ran = vitest(folder);
});

/** States of the tests whose full name begins so, by what follows. */
const below = (name: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(ran.states)
      .filter(([full]) => full.startsWith(`${name} > `))
      .map(([full, state]) => [full.slice(name.length + 3), state]),
  );

const ONE_PASSED = { 'the empty input': 'passed' };

describe('declaring', () => {
  test('each input is a test by its name, beside the empty input', () => {
    expect(below('target')).toEqual(ONE_PASSED);
    expect(below('target and options')).toEqual({ ...ONE_PASSED, 'folder/two': 'passed', one: 'passed' });
    expect(below('options and target')).toEqual({ ...ONE_PASSED, one: 'passed' });
  });

  test('inputs of several corpora are told apart', () => {
    expect(Object.keys(below('two corpora'))).toEqual([
      'the empty input',
      'seeds/folder/two',
      'seeds/one',
      'more/one',
    ]);
  });

  test('a function stands for its name', () => {
    expect(below('parse')).toEqual(ONE_PASSED);
  });

  test('skip, skipIf, runIf and their options leave out what they are to', () => {
    for (const name of ['skipped', 'skipped by a condition', 'skipped if', 'not run', 'skipped row 1'])
      expect(Object.values(below(name)), name).toEqual(['skipped']);
    for (const name of ['not skipped', 'run']) expect(below(name), name).toEqual(ONE_PASSED);
    expect(Object.values(below('a missing corpus that is skipped'))).toEqual(['skipped']);
  });

  test('todo is a todo', () => {
    expect(ran.states).toMatchObject({ later: 'todo', 'later, with a target': 'todo' });
  });

  test('only leaves out the others', () => {
    expect(below('only')).toEqual(ONE_PASSED);
    expect(below('other')).toEqual({ 'the empty input': 'skipped' });
  });

  test.each([
    'a is 1',
    'b is 2',
    "object 'x'",
    "object 'y'",
    'value 3',
    'value 4',
    'table 1',
    'table 2',
    'whole row p',
    'whole row q',
  ])('rows give their values and their names: %s', (name) => {
    expect(below(name)).toEqual(ONE_PASSED);
  });

  test('concurrent and sequential are vitest’s', () => {
    expect(below('concurrent')).toEqual(ONE_PASSED);
    expect(below('sequential')).toEqual(ONE_PASSED);
  });

  test('a suite around it stays around it', () => {
    expect(below('a suite > inside')).toEqual(ONE_PASSED);
  });
});

describe('names', () => {
  test('of any kind have a folder of inputs that file systems take', () => {
    const named = ran.results
      .filter(({ name }) => name === '1')
      .map(({ ancestors }) => ancestors.join(' > '));
    expect(named.sort()).toEqual(['', '../.. > ./inner', 'a/b\\c', 'two\nlines', '한글 résumé']);
  });

  test('that are long are cut, and stay apart', () => {
    for (const letter of ['x', 'y']) expect(below(letter.repeat(300))).toEqual(ONE_PASSED);
    expect(below('字'.repeat(200))).toEqual(ONE_PASSED);
  });
});

describe('a test’s surroundings', () => {
  test.each([
    'a fixture that is taken',
    'a fixture that is not taken',
    'fixtures of the builder',
    'fixtures beside values',
    'fixtures beside rows',
    'the context',
    'a mocked module',
    'timers that are not real',
    'a callback',
    'values that are refused',
    'values that are refused later',
    'all values',
    'the context whole',
    'snapshots in files',
  ])('%s', (name) => {
    expect(below(name)).toEqual(ONE_PASSED);
  });

  test('hooks run around each input', () => {
    expect(below('hooks > each input is a test')).toEqual({ ...ONE_PASSED, one: 'passed' });
  });

  test('expect.assertions counts those of one input', () => {
    expect(below('too few assertions')).toEqual({ 'the empty input': 'failed' });
    const [failed] = ran.results.filter(({ ancestors }) => ancestors[0] === 'too few assertions');
    expect(failed!.messages[0]).toContain('expected number of assertions to be 2, but got 1');
  });

  test('a skip within is one', () => {
    expect(below('a skip within')).toEqual({ 'the empty input': 'skipped' });
  });

  test('inputs are buffers of their own', () => {
    for (const name of ['FuzzedDataProvider', 'own bytes']) expect(below(name)).not.toContain('failed');
    expect(readFileSync(join(folder, 'seeds/one'), 'utf8')).toBe('one');
  });

  test('snapshots are kept by the names of inputs', () => {
    const kept = readFileSync(join(folder, '__snapshots__/context.test.ts.snap'), 'utf8');
    expect(
      [...kept.matchAll(/^exports\[`(.*)`\] = `(.*)`;$/gm)].map(([, name, value]) => [name, value]),
    ).toEqual([
      ['snapshots > folder/two 1', '"two"'],
      ['snapshots > one 1', '"one"'],
      ['snapshots > the empty input 1', '""'],
    ]);
    expect(existsSync(join(folder, '__snapshots__/file.txt'))).toBe(true);
  });
});

describe('settings', () => {
  test('a target that hangs fails with vitest’s own time-out', () => {
    const messages = (name: string): string =>
      ran.results.find(({ ancestors }) => ancestors[0] === name)!.messages.join('\n');
    expect(messages('hangs')).toContain('Test timed out in 50ms.');
    expect(messages('hangs as configured')).toContain('Test timed out in 300ms.');
  });

  test('retry, repeats and tags hold for each input', () => {
    for (const name of ['fails twice', 'is repeated', 'was repeated', 'tagged'])
      expect(below(name), name).toEqual(ONE_PASSED);
  });
});

describe('choosing', () => {
  test('suites and inputs are found at the line of the user', () => {
    const lines = SETTINGS.split('\n');
    const settings = ran.results.filter(
      ({ ancestors }) => ancestors[0] === 'tagged' || ancestors[0] === 'hangs',
    );
    expect(settings.map(({ line }) => lines[line! - 1]!.slice(0, 14))).toEqual([
      "fuzz('hangs', ",
      "fuzz('tagged',",
    ]);
  });

  test('a line of a file runs the fuzz test that stands there', () => {
    const line = SETTINGS.split('\n').findIndex((text) => text.startsWith("fuzz('tagged'")) + 1;
    expect(passed(vitest(folder, [`settings.test.ts:${line}`]))).toEqual(['tagged > the empty input']);
  });

  test('-t chooses by the names of suites and inputs', () => {
    expect(passed(vitest(folder, ['declared', '-t', 'target and options folder/two']))).toEqual([
      'target and options > folder/two',
    ]);
  });

  test('--tags-filter chooses by tags', () => {
    expect(passed(vitest(folder, ['settings', '--tags-filter', 'slow']))).toEqual([
      'tagged > the empty input',
    ]);
  });
});

const passed = ({ states }: Ran): string[] => Object.keys(states).filter((name) => states[name] === 'passed');

test('snapshots hold from run to run, and a change is a failure', () => {
  expect(vitest(folder, ['context', '-t', 'snapshots'], { CI: '1' }).code).toBe(0);
  write(folder, { 'seeds/one': 'changed' });
  const { states } = vitest(folder, ['context', '-t', 'snapshots'], { CI: '1' });
  expect(states['snapshots > one']).toBe('failed');
  writeFileSync(join(folder, 'seeds/one'), 'one');
});
