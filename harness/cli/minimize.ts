import { Command } from 'commander';
import { type Minimized, minimize } from '../corpus/minimize.ts';
import { Executor } from '../executor/executor.ts';
import { readInput } from '../inputs.ts';
import { checkOutput, writeOutput } from '../outputs.ts';
import { checkSyntax } from '../target.ts';
import { EXIT, UsageError } from '../usage.ts';
import { MEMORY, TIMEOUT } from './limits.ts';
import { addTargetOptions, engineOptionsOf, filterOf, type TargetOptions, wholeNumber } from './options.ts';
import { everyFewSeconds } from './progress.ts';

interface MinimizeOptions extends TargetOptions {
  output?: string;
  maxTime: number;
  timeout: number;
  memory: number;
  json?: boolean;
}

export function minimizeCommand(): Command {
  return addTargetOptions(
    new Command('minimize')
      .description('make an input smaller that fails, as long as it fails in the same way')
      .argument('<target>', 'module that exports fuzz(data)')
      .argument('<file>', 'an input that fails')
      .option('-o, --output <file>', 'where to write the result (default: <file>.min)')
      .option('--max-time <s>', 'seconds that it may take', wholeNumber, 60)
      .option('--timeout <ms>', 'milliseconds that one run may take', wholeNumber, TIMEOUT)
      .option('--memory <MB>', 'megabytes that its process may take', wholeNumber, MEMORY)
      .option('--json', 'the result as a JSON object'),
  ).action(run);
}

async function run(target: string, file: string, options: MinimizeOptions): Promise<void> {
  const { data } = readInput(file);
  const output = options.output ?? `${file}.min`;
  checkSyntax(target);
  checkOutput(output);
  const result = await minimized(target, data, options);
  if (result.title === null) throw new UsageError(`${file}: does not fail: nothing to keep`);
  writeOutput(output, result.data);
  process.stdout.write(`${(options.json ? asJson : asText)(result, file, output, data.length)}\n`);
  process.exitCode = EXIT.finding;
}

async function minimized(target: string, data: Uint8Array, options: MinimizeOptions): Promise<Minimized> {
  const executor = new Executor(
    { target, filter: filterOf(options), engine: engineOptionsOf(options) },
    { timeout: options.timeout, memory: options.memory },
  );
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const say = everyFewSeconds();
  try {
    return await minimize(data, executor, {
      milliseconds: 1000 * options.maxTime,
      executions: Number.POSITIVE_INFINITY,
      signal: stop.signal,
      onSmaller: (bytes, executions) => say(() => `${bytes} bytes after ${executions} executions`),
    });
  } finally {
    await executor.close();
  }
}

function asText(result: Minimized, file: string, output: string, before: number): string {
  const { title, data, executions, complete, stable } = result;
  return [
    title!.text,
    `${file}: ${before} bytes; ${output}: ${data.length} bytes, after ${executions} executions`,
    ...(stable
      ? []
      : ['the smallest that was found does not fail each time, so the input is left as it was']),
    ...(complete ? [] : ['stopped before all was tried; a longer --max-time may make it smaller']),
  ].join('\n');
}

function asJson(result: Minimized, file: string, output: string, before: number): string {
  const { title, data, executions, complete, stable } = result;
  const { text, key } = title!;
  return JSON.stringify({
    title: text,
    key,
    file,
    output,
    before,
    after: data.length,
    executions,
    complete,
    stable,
  });
}
