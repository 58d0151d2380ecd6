import { accessSync, constants, mkdirSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { textOffset } from '../../src/abi/text.ts';
import { kldstat } from '../../src/ksyms/linker.ts';
import { overflowed, type Recording, record } from '../collect.ts';
import type { FuzzTarget } from '../engine/execution.ts';
import { runOnce } from '../engine/run-once.ts';
import { inputFiles, readInput } from '../inputs.ts';
import { prepare } from '../prepare.ts';
import { FORMATS, isFormat, type ReportFormat, writeReports } from '../report/formats.ts';
import { UsageError } from '../usage.ts';
import { addTargetOptions, engineOptionsOf, filterOf, type TargetOptions } from './options.ts';

interface ReportOptions extends TargetOptions {
  output: string;
  format: ReportFormat[];
}

export function reportCommand(): Command {
  return addTargetOptions(
    new Command('report')
      .description('coverage of a corpus, in the formats of istanbul')
      .argument('<target>', 'module that exports fuzz(data)')
      .argument('<corpus...>', 'folders of inputs, or inputs')
      .option('-o, --output <dir>', 'where to write files', 'kcov-report')
      .option('--format <names>', `formats, separated by commas: ${FORMATS.join(', ')}`, formats, ['text', 'html', 'lcov', 'json']),
  ).action(report);
}

function formats(value: string): ReportFormat[] {
  const names = value.split(',').filter((name) => name !== '');
  const unknown = names.find((name) => !isFormat(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`there is no format '${unknown}'; there are ${FORMATS.join(', ')}`);
  return names.filter(isFormat);
}

async function report(name: string, corpus: string[], options: ReportOptions): Promise<void> {
  const files = inputFiles(corpus);
  if (files.length === 0) throw new UsageError(`${corpus.join(', ')}: no inputs; give a folder that has some`);
  checkWritable(options.output);
  const { target, unregister } = await prepare(name, filterOf(options), engineOptionsOf(options));
  const { hits, failed, full } = await run(target, files);
  unregister();

  const modules = kldstat().filter(({ id }) => id > 1);
  if (modules.length === 0) throw new UsageError(`${name}: no file that it loads is instrumented; say which are with -i`);
  process.stderr.write(`${files.length} inputs, ${failed} of which end in an error\n`);
  for (const file of full) process.stderr.write(`kcovjs: ${file}: the buffer was full; its coverage is a lower bound\n`);
  await writeReports({ modules, hits, formats: options.format, dir: options.output });
  process.stderr.write(`report: ${options.output}\n`);
}

function checkWritable(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true });
    accessSync(dir, constants.W_OK);
  } catch (error) {
    throw new UsageError(`${dir}: cannot be written: ${(error as NodeJS.ErrnoException).code}; name another folder with -o`);
  }
}

interface Hits {
  /** How often each PC was reached, by its offset into kernel text. */
  hits: Map<number, number>;
  failed: number;
  /** Inputs whose trace did not fit into the buffer. */
  full: string[];
}

async function run(target: FuzzTarget, files: readonly string[]): Promise<Hits> {
  const found: Hits = { hits: new Map(), failed: 0, full: [] };
  for (const file of files) {
    const { data } = readInput(file);
    await record(
      () => runOnce(target, data),
      { mode: 'pc' },
      (recording, outcome) => {
        if ('error' in outcome) throw outcome.error;
        if (outcome.result.kind === 'finding') found.failed++;
        if (overflowed(recording)) found.full.push(file);
        count(recording, found.hits);
      },
    );
  }
  return found;
}

function count({ words }: Recording, hits: Map<number, number>): void {
  const low = new Int32Array(words.buffer, words.byteOffset);
  const end = Number(words[0]) + 1;
  for (let i = 1; i < end; i++) {
    const offset = textOffset(low[2 * i]!);
    hits.set(offset, (hits.get(offset) ?? 0) + 1);
  }
}
