import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXIT } from '../usage.ts';

/**
 * The main job on a bundled target with a known bug: fuzz from an empty corpus until it is found, symbolize what
 * it did, and report what the corpus covers. Every step is the command that a user would type.
 */
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const MAIN = fileURLToPath(new URL('./main.js', import.meta.url));
const TARGET = 'harness/targets/jpeg-js.ts';
const INCLUDE = ['-i', 'node_modules/jpeg-js/'];

function kcovjs(...args: string[]): number {
  process.stdout.write(`\n$ npx kcovjs ${args.join(' ')}\n`);
  const { status } = spawnSync(process.execPath, [MAIN, ...args], { cwd: ROOT, stdio: 'inherit' });
  return status ?? EXIT.ourFailure;
}

function fail(message: string): never {
  process.stderr.write(`demo: ${message}\n`);
  process.exit(EXIT.ourFailure);
}

const folder = mkdtempSync(join(tmpdir(), 'kcovjs-demo-'));
const corpus = join(folder, 'corpus');
const findings = join(folder, 'findings/');
mkdirSync(findings);

const fuzzed = kcovjs(
  'fuzz',
  TARGET,
  ...INCLUDE,
  corpus,
  '--',
  '-max_total_time=90',
  `-artifact_prefix=${findings}`,
);
if (fuzzed !== EXIT.finding) fail(`the bug was not found within 90 seconds (exit code ${fuzzed})`);

const crash = readdirSync(findings).find((name) => name.startsWith('crash-'));
if (crash === undefined) fail(`no input was written to ${findings}`);
if (kcovjs('replay', TARGET, ...INCLUDE, '--last', '12', join(findings, crash)) !== EXIT.finding)
  fail('the finding does not reproduce');

const report = join(ROOT, 'kcov-report');
const out = relative(ROOT, report);
if (
  kcovjs('report', TARGET, ...INCLUDE, '-o', out, '--format', 'text,html,lcov', corpus, findings) !== EXIT.ok
)
  fail('no report');
process.stdout.write(`
found:   ${join(findings, crash)}
corpus:  ${corpus}
report:  ${join(report, 'index.html')}
`);
