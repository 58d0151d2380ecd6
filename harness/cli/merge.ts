import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { type Imported, importInputs } from '../corpus/import.ts';
import type { Measured } from '../corpus/measure.ts';
import { type Merged, merge } from '../corpus/merge.ts';
import { putAll } from '../corpus/output.ts';
import { Executor } from '../executor/executor.ts';
import { checkFolder } from '../outputs.ts';
import { checkSyntax } from '../target.ts';
import { UsageError } from '../usage.ts';
import { MEMORY, TIMEOUT } from './limits.ts';
import {
  addTargetOptions,
  engineOptionsOf,
  filterOf,
  type TargetOptions,
  wholeNumber,
  workerCount,
} from './options.ts';
import { everyFewSeconds } from './progress.ts';

interface MergeOptions extends TargetOptions {
  workers: number;
  timeout: number;
  memory: number;
  json?: boolean;
}

export function mergeCommand(): Command {
  return addTargetOptions(
    new Command('merge')
      .description(
        'add to a corpus what it lacks of others: few small inputs that reach what all of them reach',
      )
      .argument('<target>', 'module that exports fuzz(data)')
      .argument('<out>', 'folder that they are added to; what is there stays, and counts')
      .argument('<in...>', "inputs, folders of libFuzzer's and AFL++, zip files of OSS-Fuzz")
      .option('--workers <n>', 'processes side by side', workerCount, availableParallelism())
      .option('--timeout <ms>', 'milliseconds that one run may take', wholeNumber, TIMEOUT)
      .option('--memory <MB>', 'megabytes that a process may take', wholeNumber, MEMORY)
      .option('--json', 'the result as a JSON object'),
  ).action(run);
}

const warn = (line: string): boolean => process.stderr.write(`kcovjs: ${line}\n`);

async function run(target: string, out: string, paths: string[], options: MergeOptions): Promise<void> {
  checkSyntax(target);
  const inputs = [...importInputs(paths, warn)];
  if (inputs.length === 0)
    throw new UsageError(`${paths.join(', ')}: no inputs; give a folder that has some`);
  checkFolder(out);
  const there = existsSync(out) ? [...importInputs([out], warn)] : [];
  const merged = await mergeInto(target, there, inputs, options);
  if (merged.pcs === 0 && merged.inputs > 0)
    throw new UsageError(
      `${target}: no input reaches code that is instrumented; say which files are with -i`,
    );
  putAll(out, contents(merged.added));
  process.stdout.write(options.json ? asJson(merged, out) : asText(merged, out));
}

function mergeInto(
  target: string,
  there: Imported[],
  inputs: Imported[],
  options: MergeOptions,
): Promise<Merged> {
  const request = { target, filter: filterOf(options), engine: engineOptionsOf(options) };
  const say = everyFewSeconds();
  return merge({
    there,
    inputs,
    start: () => new Executor(request, { timeout: options.timeout, memory: options.memory }),
    workers: options.workers,
    say: warn,
    progress: (done, all, round) =>
      say(() => `${done} of ${all} inputs executed${round === 0 ? '' : ', to confirm what they reach'}`),
  });
}

function* contents(inputs: readonly Measured[]): Generator<Uint8Array> {
  for (const { source } of inputs) yield source.read();
}

const bytesOf = (inputs: readonly Measured[]): number => inputs.reduce((sum, { size }) => sum + size, 0);

function asText(merged: Merged, out: string): string {
  const { there, added, inputs, bytes, pcs, flaky, leftOut, overflowed } = merged;
  const kept = [...there, ...added];
  const lines = [
    `${out}: ${kept.length} of ${inputs} inputs, ${bytesOf(kept)} of ${bytes} bytes, reach all ${pcs} PCs; ${added.length} are new`,
  ];
  if (leftOut.failed > 0)
    lines.push(`${leftOut.failed} inputs fail and are left out; kcovjs replay says how`);
  if (leftOut.unreadable > 0) lines.push(`${leftOut.unreadable} inputs cannot be read`);
  if (flaky > 0) lines.push(`${flaky} PCs did not come back, and nothing is kept for them`);
  if (overflowed > 0)
    lines.push(`${overflowed} inputs reach more than fits the buffer; what came later does not count`);
  return `${lines.join('\n')}\n`;
}

function asJson(merged: Merged, out: string): string {
  const { there, added, leftOut, ...counts } = merged;
  return `${JSON.stringify({
    out,
    kept: there.length + added.length,
    keptBytes: bytesOf([...there, ...added]),
    added: added.length,
    ...counts,
    ...leftOut,
  })}\n`;
}
