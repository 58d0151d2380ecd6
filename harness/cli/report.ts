import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { inputFiles } from '../inputs.ts';
import { writableFolder } from '../outputs.ts';
import { quoted } from '../quoted.ts';
import { FORMATS, isFormat, type ReportFormat } from '../report/format-names.ts';
import type { ReportData } from '../report/formats.ts';
import type { InputFile } from '../report/measure/inputs.ts';
import { measure } from '../report/measure/measure.ts';
import type { CampaignPast, Measured } from '../report/measure/measured.ts';
import { findingInputs, pastOf } from '../report/past.ts';
import { settleColors } from '../screen/colors.ts';
import { checkSyntax, targetPath } from '../target.ts';
import { UsageError } from '../usage.ts';
import { compareSides } from './compare.ts';
import { MEMORY } from './limits.ts';
import {
  addTargetOptions,
  engineOptionsOf,
  filterOf,
  type TargetOptions,
  targetWords,
  wholeNumber,
  workerCount,
} from './options.ts';
import { ProgressLine } from './progress.ts';
import { version } from './version.ts';

/** What one run may take: more than while fuzzing, as there is one of each. */
const TIMEOUT = 10_000;
const DEFAULT_FORMATS: readonly ReportFormat[] = ['text', 'html', 'lcov', 'json', 'record'];

/** Those that have something of what only a closer look tells. */
const CLOSE: readonly ReportFormat[] = ['html', 'text'];
const NO_PAST: CampaignPast = { findings: [], history: [] };

interface ReportOptions extends TargetOptions {
  output: string;
  format: ReportFormat[];
  timeout: number;
  workers: number;
  /** False with --no-color. */
  color: boolean;
  compare?: boolean;
  json?: boolean;
}

export function reportCommand(): Command {
  return addTargetOptions(
    new Command('report')
      .description('coverage of a corpus: a page, and the formats of istanbul')
      .argument('<target>', 'module that exports fuzz(data)')
      .argument('<corpus...>', 'folders of inputs, or inputs')
      .option('-o, --output <dir>', 'where to write files', 'kcov-report')
      .option('--format <names>', `formats, separated by commas: ${FORMATS.join(', ')}`, formats, [
        ...DEFAULT_FORMATS,
      ])
      .option('--timeout <ms>', 'milliseconds that one run may take', wholeNumber, TIMEOUT)
      .option('--workers <n>', 'processes side by side', workerCount, availableParallelism())
      .option('--no-color', 'no colours, as with NO_COLOR=1')
      .option('--compare', 'what was gained and lost: OLD NEW, two reports; TARGET OLD NEW, two corpora')
      .option('--json', 'with --compare: one object instead of text'),
  ).action(report);
}

function formats(value: string): ReportFormat[] {
  const names = value.split(',').filter((name) => name !== '');
  const unknown = names.find((name) => !isFormat(name));
  if (unknown !== undefined)
    throw new InvalidArgumentError(`there is no format '${unknown}'; there are ${FORMATS.join(', ')}`);
  return names.filter(isFormat);
}

async function report(target: string, corpus: string[], options: ReportOptions): Promise<void> {
  settleColors(options.color);
  if (options.compare)
    return compareSides([target, ...corpus], options, (name, one) =>
      dataOf(name, filesOf(name, [one]), options),
    );
  if (options.json) throw new UsageError('--json: goes with --compare; --format json writes a file');
  const files = filesOf(target, corpus);
  writableFolder(options.output, options.output, 'name another folder with -o');
  const past = pastOf(corpus);
  const data = await dataOf(target, [...files, ...findingInputs(past)], options, past, corpus);
  const { writeReports } = await import('../report/formats.ts');
  writeReports(data, options.format, options.output);
  const page = options.format.includes('html') ? join(options.output, 'index.html') : options.output;
  process.stderr.write(`report: ${page}\n`);
}

/** @throws {UsageError} where there is nothing to measure */
function filesOf(target: string, corpus: readonly string[]): InputFile[] {
  checkSyntax(target);
  const files = inputFiles(corpus);
  if (files.length === 0)
    throw new UsageError(`${corpus.join(', ')}: no inputs; give a folder that has some`);
  return files.map((path) => ({ path }));
}

async function dataOf(
  target: string,
  files: readonly InputFile[],
  options: ReportOptions,
  past: CampaignPast = NO_PAST,
  corpus: readonly string[] = [],
): Promise<ReportData> {
  const measured = await measureAll(target, files, options);
  if (measured.modules.length === 0)
    throw new UsageError(`${target}: no file that it loads is instrumented; say which are with -i`);
  // They load Babel and istanbul, which every other command would wait for.
  const { reportData } = await import('../report/formats.ts');
  const data = await reportData(measured, past, {
    target,
    path: targetPath(target),
    command: commandOf(target, corpus, options),
    replay: ['npx', 'kcovjs', 'replay', target, ...targetWords(options)].map(quoted).join(' '),
    made: new Date(),
    generator: `kcovjs ${version()}`,
  });
  tell(data.measured);
  return data;
}

async function measureAll(
  target: string,
  files: readonly InputFile[],
  options: ReportOptions,
): Promise<Measured> {
  const request = { target, filter: filterOf(options), engine: engineOptionsOf(options) };
  const progress = new ProgressLine();
  try {
    return await measure(request, files, {
      timeout: options.timeout,
      memory: MEMORY,
      jobs: options.workers,
      closely: !options.compare && CLOSE.some((format) => options.format.includes(format)),
      tell: (line) => progress.show(line),
    });
  } finally {
    progress.clear();
  }
}

function tell({ inputs, notes }: Measured): void {
  const ofCorpus = inputs.filter(({ finding }) => finding === undefined);
  const failed = ofCorpus.filter(({ fault }) => fault !== null).length;
  process.stderr.write(`${ofCorpus.length} inputs, ${failed} of which end in an error\n`);
  for (const note of notes) process.stderr.write(`kcovjs: ${note}\n`);
}

const commandOf = (target: string, corpus: readonly string[], options: ReportOptions): string =>
  [
    ...['npx', 'kcovjs', 'report', target, ...corpus, ...targetWords(options)],
    ...['-o', options.output],
    ...(isDefault(options.format) ? [] : ['--format', options.format.join(',')]),
    ...(options.timeout === TIMEOUT ? [] : ['--timeout', String(options.timeout)]),
  ]
    .map(quoted)
    .join(' ');

const isDefault = (names: readonly ReportFormat[]): boolean => String(names) === String(DEFAULT_FORMATS);
