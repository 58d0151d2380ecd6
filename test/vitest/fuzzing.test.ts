import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../cli/kcovjs.ts';
import { project } from './project.ts';

/** Code that Vite makes JavaScript of: TypeScript under an alias, JSX, a module that is no file. */
const CONFIGURATION = `
import { defineConfig } from 'vitest/config';
const limits = {
  name: 'limits',
  resolveId: (id) => (id === 'virtual:limits' ? '\\0virtual:limits' : undefined),
  load: (id) =>
    id === '\\0virtual:limits'
      ? 'export function check(text) {\\n  if (text === "LIMIT") throw new RangeError("the limit");\\n}'
      : undefined,
};
export default defineConfig({
  // What vitest keeps on the disk of plain modules is in nobody's way.
  test: { experimental: { fsModuleCache: true } },
  plugins: [limits],
  oxc: { jsx: { runtime: 'classic', pragma: 'h' } },
  resolve: { alias: { '@lib': new URL('./lib', import.meta.url).pathname } },
});
`;

const HEADER = `export interface Header {
  size: number;
  name: string;
}

export function parse(text: string): Header {
  if (!text.startsWith('HDR:')) return { size: 0, name: '' };
  const [size, name] = text.slice(4).split(';') as [string, string];
  return { size: Number(size), name: name.trim() };
}
`;

const VIEW = `const h = (name: string, _: unknown, ...children: string[]) => ({ name, children });

export function view(text: string) {
  if (text === '<view>') throw new SyntaxError('a view in a view');
  return <p>{text}</p>;
}
`;

const TESTS = `
import fc from 'fast-check';
import { check } from 'virtual:limits';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fuzz } from 'kcovjs/vitest';
import { parse } from '@lib/header';
import { view } from './lib/view';

fuzz('parses anything', (data) => {
  parse(data.toString());
});
fuzz.prop([fc.string(), fc.integer()])('adds', (text, count) => {
  if (count > 1000 && text.includes('!')) expect(count).toBe(3);
});
fuzz('of a virtual module', (data) => check(data.toString()));
fuzz('of JSX', (data) => view(data.toString()));
fuzz('is heard', (data) => {
  if (data[0] === 65) Promise.reject(new Error('nobody hears'));
});
fuzz('notes', (data) => expect.soft(data[0]).not.toBe(66));
fuzz('ends', (data) => {
  if (data[0] === 67) process.exit(0);
});

describe('with hooks', () => {
  let open = 0;
  beforeEach(() => {
    open++;
    return () => void open--;
  });
  const withName = test.extend<{ named: string }>({ named: async ({}, use) => use('a fixture') });
  fuzz.with(withName)('each run has its own', { runs: 300 }, (_, { named }) => {
    expect(open).toBe(1);
    expect(named).toBe('a fixture');
  });
});
fuzz('shows', { runs: 300 }, (data) => {
  expect.assertions(1);
  expect(data.toString()).toMatchSnapshot();
});
fuzz('is short', { runs: 300, maxLength: 5, dictionary: ['word'] }, (data) => {
  if (data.length > 5) throw new Error('long');
});
fuzz('fails already', { corpus: 'known' }, (data) => {
  if (data[0] === 68) throw new Error('known');
});
fuzz('is slow', { maxTime: 2 }, async () => {
  await new Promise((done) => setTimeout(done, 1));
});
test('an ordinary test', () => {});
`;

interface Case {
  name: string;
  status: string;
  message: string;
}

let folder: string;
let output: string;
let cases: readonly Case[];
let code: number | null;

const kcovjs = join(ROOT, 'dist/harness/cli/main.js');
const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
const env = { ...process.env, NO_COLOR: '1', CI: '', KCOVJS_FUZZ: '' };

function run(...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}

function casesIn(file: string): Case[] {
  const { testResults } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
    testResults: { assertionResults: { fullName: string; status: string; failureMessages: string[] }[] }[];
  };
  return testResults.flatMap(({ assertionResults }) =>
    assertionResults.map(({ fullName, status, failureMessages }) => ({
      name: fullName,
      status,
      message: failureMessages.join('\n'),
    })),
  );
}

const messageOf = (name: string): string => cases.find((one) => one.name === name)?.message ?? '';
const statusOf = (name: string): string | undefined => cases.find((one) => one.name === name)?.status;
const keptOf = (name: string): string[] => {
  const kept = join(folder, 'corpus/all', name, 'regressions');
  return existsSync(kept) ? readdirSync(kept).map((file) => readFileSync(join(kept, file), 'latin1')) : [];
};
/** What vitest prints of a failure, up to the line that parts it from the next. */
const shownOf = (name: string): string =>
  /^ FAIL {2}[\s\S]*?(?=\n\n⎯)/m.exec(output.slice(output.indexOf(` FAIL  all.test.tsx > ${name}`)))?.[0] ??
  '';

beforeAll(() => {
  folder = project({
    'vitest.config.ts': CONFIGURATION,
    'package.json': '{ "type": "module" }',
    'lib/header.ts': HEADER,
    'lib/view.tsx': VIEW,
    'all.test.tsx': TESTS,
    'known/past': 'D',
  });
  const reporters = ['--reporter=default', '--reporter=json', '--outputFile.json=fuzzed.json'];
  ({ status: code, output } = run(kcovjs, 'vitest', ...reporters));
  cases = casesIn('fuzzed.json');
}, 300_000);

describe('kcovjs vitest', () => {
  test('fails where something was found, and runs ordinary tests too', () => {
    expect({ code, ordinary: statusOf('an ordinary test') }).toEqual({ code: 1, ordinary: 'passed' });
  });

  test('finds what is in TypeScript, in JSX and in modules that are no files, under aliases', () => {
    expect(messageOf('parses anything fuzzing parses anything')).toContain('TypeError: Cannot read');
    expect(messageOf('of a virtual module fuzzing of a virtual module')).toContain('RangeError: the limit');
    expect(messageOf('of JSX fuzzing of JSX')).toContain('SyntaxError: a view in a view');
  });

  test('keeps the smallest input that was found among those of the test', () => {
    expect(keptOf('parses-anything')).toEqual(['HDR:']);
    expect(keptOf('of-a-virtual-module')).toEqual(['LIMIT']);
    expect(keptOf('of-JSX')).toEqual(['<view>']);
  });

  test('finds rejections that nobody handles, soft expectations, and calls that end the process', () => {
    expect(messageOf('is heard fuzzing is heard')).toContain('Unhandled rejection: Error: nobody hears');
    expect(messageOf('notes fuzzing notes')).toContain('expected 66 not to be 66');
    expect(messageOf('ends fuzzing ends')).toContain('process.exit(0)');
    expect([keptOf('is-heard'), keptOf('notes'), keptOf('ends')]).toEqual([['A'], ['B'], ['C']]);
  });

  test('runs hooks around each input, fixtures as for any test, and holds each run to its expectations', () => {
    expect(statusOf('with hooks each run has its own fuzzing each run has its own')).toBe('passed');
    expect(statusOf('shows fuzzing shows')).toBe('passed');
  });

  test('gives the fuzzer the options of the test', () => {
    expect(statusOf('is short fuzzing is short')).toBe('passed');
    expect(output).toMatch(/fuzzing is short: \d+ s, 300 runs/);
  });

  test('does not fuzz a test whose known inputs fail', () => {
    expect(statusOf('fails already past')).toBe('failed');
    expect(statusOf('fails already fuzzing fails already')).toBe('skipped');
    expect(readdirSync(join(folder, 'known'))).toEqual(['past']);
  });

  test('tells how the fuzzing of each test ended', () => {
    expect(output).toMatch(
      /^fuzzing is slow: \d s, [\d,]+ runs \([\d,]+\/s\), \d+ inputs?, \d+ of \d+ places reached$/m,
    );
  });

  test('leaves no snapshot of an input that is no test case', () => {
    const snapshots = readFileSync(join(folder, '__snapshots__/all.test.tsx.snap'), 'utf8');
    expect(snapshots.match(/exports\[`.*?`\]/g)).toEqual(['exports[`shows > the empty input 1`]']);
  });

  test('leaves nothing beside the inputs of tests', () => {
    expect(readdirSync(folder).sort()).toEqual([
      '__snapshots__',
      'all.test.tsx',
      'corpus',
      'fuzzed.json',
      'known',
      'lib',
      'node_modules',
      'package.json',
      'vitest.config.ts',
    ]);
  });
});

describe('what is shown of a finding', () => {
  test('is the error of the target, its place, its input, where that is kept and how to run it', () => {
    expect(shownOf('parses anything')).toMatchInlineSnapshot(`
      " FAIL  all.test.tsx > parses anything > fuzzing parses anything
      TypeError: Cannot read properties of undefined (reading 'trim')

      found by fuzzing, with 4 bytes: "HDR:"
      kept as  corpus/all/parses-anything/regressions/typeerror-cannot-read-properties-of-undefined-read-7357f7a7
      run it   npx vitest run all.test.tsx -t 'parses anything.*typeerror-cannot-read-properties-of-undefined-read-7357f7a7'
       ❯ parse lib/header.ts:9:43
            7|   if (!text.startsWith('HDR:')) return { size: 0, name: '' };
            8|   const [size, name] = text.slice(4).split(';') as [string, string];
            9|   return { size: Number(size), name: name.trim() };
             |                                           ^
           10| }
           11|
       ❯ all.test.tsx:10:3"
    `);
  });

  test('is of values what they are, the smallest that fail, and the difference', () => {
    const shown = shownOf('adds');
    expect(shown).toMatch(/^AssertionError: expected 1001 to be 3/m);
    expect(shown).toMatch(/^fails with +\('!', 1001\)$/m);
    expect(shown).toMatch(/^- Expected\n\+ Received\n\n- 3\n\+ 1001$/m);
  });

  test('is of what ends a process all that is known of it', () => {
    expect(shownOf('ends')).toMatchInlineSnapshot(`
      " FAIL  all.test.tsx > ends > fuzzing ends
      ProcessExit: process.exit(0) in all.test.tsx:22

      found by fuzzing, with 1 byte: "C"
      kept as  corpus/all/ends/regressions/process-exit-0-in-all-test-tsx-22-bda968b6
      run it   npx kcovjs replay 'all.test.tsx#ends' corpus/all/ends/regressions/process-exit-0-in-all-test-tsx-22-bda968b6
       ❯ all.test.tsx:22:31
           20| fuzz('notes', (data) => expect.soft(data[0]).not.toBe(66));
           21| fuzz('ends', (data) => {
           22|   if (data[0] === 67) process.exit(0);
             |                               ^
           23| });
           24|"
    `);
  });

  test('is a command that runs that input alone, and fails', () => {
    const command = /^run it {3}(.*)$/m.exec(shownOf('parses anything'))![1]!;
    const again = spawnSync('sh', ['-c', `${command} --reporter=json --outputFile=again.json`], {
      cwd: folder,
      env,
      encoding: 'utf8',
    });
    expect(again.status, command).toBe(1);
    expect(existsSync(join(folder, 'again.json')), `${command}\n${again.stdout}${again.stderr}`).toBe(true);
    const ran = casesIn('again.json').filter(({ status }) => status !== 'skipped' && status !== 'pending');
    expect(ran.map(({ status, message }) => [status, message.split('\n')[0]])).toEqual([
      ['failed', "TypeError: Cannot read properties of undefined (reading 'trim')"],
    ]);
  });
});

test('what was found is an ordinary test case from then on', () => {
  const { status, output: shown } = run(vitest, 'run');
  expect(status).toBe(1);
  expect(shown).toContain('all.test.tsx > parses anything > regressions/typeerror-');
  expect(shown).toContain('all.test.tsx > of JSX > regressions/syntaxerror-');
});
