import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { KCOV_MODE_TRACE_CMP, KCOV_MODE_TRACE_PC } from '../../src/abi/kcov.ts';
import { ALL } from '../all.ts';

/** Packages that are published with their tests: these say best whether instrumented code still does its work. */
const ROOT = resolve(import.meta.dirname, '../..');
const FIXTURES = join(ROOT, 'test/fixtures/packages');
const DIST = join(ROOT, 'dist');
const TAPE = join(ROOT, 'node_modules/tape/bin/tape');

interface Suite {
  name: string;
  /** What kind of code it is. */
  is: string;
  /** Packages that are instrumented besides: what it stands on, or what runs its tests. */
  also?: string[];
  /** Others of its kind are quicker. */
  isLong?: boolean;
  /** Run in the folder of the package. */
  command: string[];
  /** How its report ends if all of its tests ran and passed. */
  passes: RegExp;
}

const SUITES: Suite[] = [
  {
    name: 'qs',
    isLong: true,
    is: 'a parser, CommonJS',
    command: [TAPE, 'test/*.js'],
    passes: /# tests 1699\n# pass {2}1699\n/,
  },
  {
    name: 'bl',
    isLong: true,
    is: 'buffers and streams, ES modules, classes',
    command: [TAPE, 'test/test.js'],
    passes: /# tests 785\n# pass {2}785\n/,
  },
  {
    name: 'through2',
    is: 'async generators over readable-stream, ES modules',
    also: ['readable-stream'],
    command: [join(FIXTURES, 'run-exports.mjs'), 'test/test.js', 'test/web.js'],
    passes: /^(ok \w+\n){38}$/,
  },
  {
    name: 'pull-stream',
    isLong: true,
    is: 'callbacks, CommonJS',
    command: [TAPE, 'test/*.js'],
    passes: /# tests 365\n# pass {2}365\n/,
  },
  {
    name: 'minimist',
    is: 'a parser of arguments, CommonJS',
    also: ['tape'],
    command: [TAPE, 'test/*.js'],
    passes: /# tests 153\n# pass {2}153\n/,
  },
];

const scratch = mkdtempSync(join(tmpdir(), 'kcovjs-packages-'));
afterAll(() => rmSync(scratch, { recursive: true }));

interface Outcome {
  status: number | string | null;
  stdout: string;
  stderr: string;
}

function run({ name, also = [], command }: Suite, mode: number | null): Promise<Outcome> {
  const flags = [join(DIST, 'src/loader/register-from-env.js'), join(FIXTURES, 'preload.mjs')];
  const include = [name, ...also].map((one) => `/node_modules/${one}/`).join(',');
  const env = { DIST, KCOVJS_INCLUDE: include, MODE: String(mode), REPORT: reportOf(name, mode) };
  return new Promise((done) => {
    execFile(
      process.execPath,
      [...(mode === null ? [] : flags.flatMap((path) => ['--import', path])), ...command],
      {
        cwd: join(ROOT, 'node_modules', name),
        env: { ...process.env, ...(mode === null ? {} : env) },
        maxBuffer: 1 << 26,
      },
      (error, stdout, stderr) =>
        done({ status: error === null ? 0 : (error.code ?? null), stdout: steady(stdout), stderr }),
    );
  });
}

/** A test of pull-stream has a random number in its name. */
const steady = (report: string): string => report.replace(/^# find 0\.\d+$/gm, '# find RANDOM');

const reportOf = (name: string, mode: number | null): string => join(scratch, `${name}-${mode}.json`);

describe('the tests of a package give the same report when it is instrumented and traced', () => {
  for (const suite of SUITES) {
    test.skipIf(suite.isLong && !ALL)(`${suite.name}: ${suite.is}`, async () => {
      const [plain, ...traced] = await Promise.all([
        run(suite, null),
        run(suite, KCOV_MODE_TRACE_PC),
        run(suite, KCOV_MODE_TRACE_CMP),
      ]);
      expect(plain.stdout).toMatch(suite.passes);
      expect(plain.status).toBe(0);
      for (const outcome of traced) expect(outcome).toEqual(plain);
      for (const mode of [KCOV_MODE_TRACE_PC, KCOV_MODE_TRACE_CMP]) {
        const report = JSON.parse(readFileSync(reportOf(suite.name, mode), 'utf8')) as {
          traced: number;
          files: string[];
        };
        expect(report.traced).toBeGreaterThan(1000);
        const folder = join(ROOT, 'node_modules', suite.name, '/');
        const own = report.files.filter((file) => file.startsWith(folder));
        expect(own.some((file) => file.startsWith(join(folder, 'test/')))).toBe(true);
        expect(own.some((file) => !file.startsWith(join(folder, 'test/')))).toBe(true);
      }
    });
  }
});
