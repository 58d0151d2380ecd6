import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { writableFolder } from '../outputs.ts';
import { EXIT, UsageError } from '../usage.ts';
import { BUGS, loadBug } from './bugs.ts';
import { callbacks } from './callbacks.ts';
import { coverage } from './coverage.ts';
import { describeMachine, installedVersion } from './machine.ts';
import { addOptions, type BenchOptions, extentOf, settingsOf } from './options.ts';
import { loadPackage, PACKAGES } from './packages.ts';
import { pages } from './pages.ts';
import type { Context, Part, Presented } from './part.ts';
import { rate } from './rate.ts';
import { type Report, terminalText, writeReport } from './report.ts';
import { search } from './search.ts';
import { slowdown } from './slowdown.ts';
import { start } from './start.ts';
import { symbolize } from './symbolize.ts';
import { vitest } from './vitest.ts';
import { workers } from './workers.ts';

const PARTS = [
  slowdown,
  rate,
  coverage,
  search,
  start,
  callbacks,
  workers,
  symbolize,
  pages,
  vitest,
] as unknown as readonly Part<unknown>[];

async function main(): Promise<number> {
  const names = PARTS.map((part) => part.name);
  const command = addOptions(new Command('bench'), { parts: names, packages: PACKAGES, bugs: BUGS });
  command
    .description('measures kcovjs and Jazzer.js beside each other')
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ outputError: () => {} });
  const options = command.parse().opts<BenchOptions>();
  if (options.out !== undefined) writableFolder(options.out, `--out ${options.out}`, 'name another folder');
  const folder = mkdtempSync(join(tmpdir(), 'kcovjs-bench-'));
  // Neither is what earlier runs left in the user's cache measured, nor is anything left there.
  process.env['XDG_CACHE_HOME'] = join(folder, 'cache');
  try {
    return await measureAll(options, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureAll(options: BenchOptions, scratch: string): Promise<number> {
  const settings = settingsOf(options);
  const {
    only = PARTS.map((part) => part.name),
    packages = PACKAGES.slice(0, settings.packages),
    bugs = BUGS.slice(0, settings.bugs),
  } = options;
  const context: Omit<Context, 'failed'> = {
    settings,
    packages,
    bugs,
    folder: (name) => freshFolder(join(scratch, name)),
    progress,
  };
  const report: Report = {
    machine: describeMachine(),
    extent: extentOf(options),
    settings,
    packages: await versions(packages, async (name) => (await loadPackage(name)).include[0]!),
    bugs: await versions(bugs, async (name) => (await loadBug(name)).folder),
    data: {},
    failures: {},
    goals: [],
  };
  const presented: Presented[] = [];
  for (const part of PARTS.filter(({ name }) => only.includes(name))) {
    await measurePart(part, context, report, presented);
    // What is there is kept, should a later part fail or the user lose patience.
    if (options.out !== undefined) writeReport(options.out, report, presented);
  }
  progress('');
  process.stdout.write(terminalText(report, presented));
  return Object.keys(report.failures).length === 0 ? EXIT.ok : EXIT.ourFailure;
}

async function measurePart<Data>(
  part: Part<Data>,
  context: Omit<Context, 'failed'>,
  report: Report,
  presented: Presented[],
): Promise<void> {
  const failed = (subject: string, error: unknown): void => {
    const { message } = error as Error;
    report.failures[subject] = message;
    progress('');
    process.stderr.write(`bench: ${subject}: ${message}\n`);
  };
  try {
    const data = await part.measure({
      ...context,
      failed: (subject, error) => failed(`${part.name}: ${subject}`, error),
    });
    const one = part.present(data);
    report.data[part.name] = data;
    report.goals.push(...one.goals);
    presented.push(one);
  } catch (error) {
    failed(part.name, error);
  }
}

async function versions(
  names: readonly string[],
  folderOf: (name: string) => Promise<string>,
): Promise<Record<string, string>> {
  const entries = names.map(async (name) => [name, installedVersion(await folderOf(name))]);
  return Object.fromEntries(await Promise.all(entries)) as Record<string, string>;
}

function freshFolder(path: string): string {
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  return path;
}

/** What was said last, where nothing can be written over. */
let subject = '';

/** One line that is written over where somebody looks on; elsewhere one for each subject, `part: name`. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
  else {
    const next = text.split(': ').slice(0, 2).join(': ');
    if (next !== '' && next !== subject) process.stderr.write(`bench: ${next}\n`);
    subject = next;
  }
}

function fail(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.ok;
    process.stderr.write(`bench: ${error.message.replace(/^error: /, '').replace(/\n/g, ' ')}; see --help\n`);
    return EXIT.usage;
  }
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  return error instanceof UsageError ? EXIT.usage : EXIT.ourFailure;
}

process.exitCode = await main().catch(fail);
