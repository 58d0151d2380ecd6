import { Command, InvalidArgumentError } from 'commander';
import { textOffset } from '../../src/abi/text.ts';
import { kldstat } from '../../src/ksyms/linker.ts';
import { overflowed, record, type Trace } from '../collect.ts';
import { runOnce } from '../engine/run-once.ts';
import { inputFiles, readInput } from '../inputs.ts';
import { writableFolder } from '../outputs.ts';
import { prepare } from '../prepare.ts';
import { FORMATS, isFormat, type ReportFormat } from '../report/format-names.ts';
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
      .option('--format <names>', `formats, separated by commas: ${FORMATS.join(', ')}`, formats, [
        'text',
        'html',
        'lcov',
        'json',
      ]),
  ).action(report);
}

function formats(value: string): ReportFormat[] {
  const names = value.split(',').filter((name) => name !== '');
  const unknown = names.find((name) => !isFormat(name));
  if (unknown !== undefined)
    throw new InvalidArgumentError(`there is no format '${unknown}'; there are ${FORMATS.join(', ')}`);
  return names.filter(isFormat);
}

async function report(name: string, corpus: string[], options: ReportOptions): Promise<void> {
  const files = inputFiles(corpus);
  if (files.length === 0)
    throw new UsageError(`${corpus.join(', ')}: no inputs; give a folder that has some`);
  writableFolder(options.output, options.output, 'name another folder with -o');
  const found: Hits = { hits: new Map(), failed: 0, full: [] };
  // What a module does when it loads counts too, as it does for istanbul.
  const { target, unregister } = await prepare(name, filterOf(options), engineOptionsOf(options), (load) =>
    traced(load, name, found),
  );
  for (const file of files) {
    const { data } = readInput(file);
    const outcome = await traced(() => runOnce(target, data), file, found);
    if (outcome.kind === 'finding') found.failed++;
  }
  unregister();
  const { hits, failed, full } = found;

  const modules = kldstat().filter(({ id }) => id > 1);
  if (modules.length === 0)
    throw new UsageError(`${name}: no file that it loads is instrumented; say which are with -i`);
  process.stderr.write(`${files.length} inputs, ${failed} of which end in an error\n`);
  for (const file of full)
    process.stderr.write(`kcovjs: ${file}: the buffer was full; its coverage is a lower bound\n`);
  // It loads Babel and istanbul, which every other command would wait for.
  const { writeReports } = await import('../report/formats.ts');
  await writeReports({ modules, hits, formats: options.format, dir: options.output });
  process.stderr.write(`report: ${options.output}\n`);
}

interface Hits {
  /** How often each PC was reached, by its offset into kernel text. */
  hits: Map<number, number>;
  failed: number;
  /** What had a trace that did not fit into the buffer. */
  full: string[];
}

async function traced<R>(fn: () => Promise<R>, name: string, found: Hits): Promise<R> {
  return record(fn, { mode: 'pc', remote: true }, (recording, outcome) => {
    if ('error' in outcome) throw outcome.error;
    for (const trace of [recording, ...recording.remotes]) {
      if (overflowed(trace)) found.full.push(name);
      count(trace, found.hits);
    }
    return outcome.result as R;
  });
}

function count({ words }: Trace, hits: Map<number, number>): void {
  const low = new Int32Array(words.buffer, words.byteOffset);
  const end = Number(words[0]) + 1;
  for (let i = 1; i < end; i++) {
    const offset = textOffset(low[2 * i]!);
    hits.set(offset, (hits.get(offset) ?? 0) + 1);
  }
}
