import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from '../cli/kcovjs.ts';

/** What projects have beside kcovjs. */
const PACKAGES = ['vitest', 'vite', 'fast-check', 'typescript', '@types', 'undici-types'];

/** A project that uses vitest, with kcovjs where npm would put it. */
export function project(files: Readonly<Record<string, string>>, packages = PACKAGES): string {
  const folder = mkdtempSync(join(tmpdir(), 'kcovjs-vitest-'));
  const modules = join(folder, 'node_modules');
  mkdirSync(modules);
  for (const name of packages) symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  symlinkSync(installed(), join(modules, 'kcovjs'));
  // For npx, which would ask the registry for what is not there.
  mkdirSync(join(modules, '.bin'));
  symlinkSync('../vitest/vitest.mjs', join(modules, '.bin/vitest'));
  symlinkSync('../kcovjs/dist/harness/cli/main.js', join(modules, '.bin/kcovjs'));
  write(folder, { 'package.json': '{ "type": "module" }', ...files });
  return folder;
}

export function write(folder: string, files: Readonly<Record<string, string | Buffer>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

/** A copy in a folder named node_modules: what lies there vitest leaves to Node. */
function installed(): string {
  const folder = join(tmpdir(), `kcovjs-installed-${process.pid}`, 'node_modules');
  const copy = join(folder, 'kcovjs');
  if (existsSync(copy)) return copy;
  mkdirSync(folder, { recursive: true });
  cpSync(join(ROOT, 'dist'), join(copy, 'dist'), { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(copy, 'package.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

export interface Ran {
  code: number | null;
  /** What the reporter shows, without colours. */
  output: string;
  /** Of each test its state, by its full name. */
  states: Record<string, string>;
  results: Result[];
}

export interface Result {
  name: string;
  fullName: string;
  ancestors: string[];
  status: string;
  messages: string[];
  line: number | undefined;
  tags: string[];
}

/** Runs vitest once, in regression mode. */
export function vitest(cwd: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Ran {
  const json = join(cwd, 'results.json');
  const main = join(cwd, 'node_modules/vitest/vitest.mjs');
  const options = ['--reporter=default', '--reporter=json', `--outputFile.json=${json}`];
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'run', ...options, ...args], {
    cwd,
    env: { ...clean(process.env), NO_COLOR: '1', ...env },
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    timeout: 120_000,
  });
  const results = existsSync(json) ? resultsOf(JSON.parse(readFileSync(json, 'utf8')) as Report) : [];
  const states = Object.fromEntries(results.map(({ fullName, status }) => [fullName, status]));
  return { code: status, output: stdout + stderr, states, results };
}

/** Without what the vitest that runs this test has set for its workers. */
const clean = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(env).filter(
      ([name]) => !/^(VITEST|KCOVJS_|NODE_OPTIONS|TEST$|FORCE_COLOR|CI$|GITHUB)/.test(name),
    ),
  );

interface Report {
  testResults: {
    assertionResults: {
      title: string;
      ancestorTitles: string[];
      status: string;
      failureMessages: string[];
      location?: { line: number };
      tags?: string[];
    }[];
  }[];
}

const resultsOf = ({ testResults }: Report): Result[] =>
  testResults.flatMap(({ assertionResults }) =>
    assertionResults.map((one) => ({
      name: one.title,
      fullName: [...one.ancestorTitles, one.title].join(' > '),
      ancestors: one.ancestorTitles,
      status: one.status,
      messages: one.failureMessages,
      line: one.location?.line,
      tags: one.tags ?? [],
    })),
  );
