import { Command } from 'commander';
import { overflowed, pcsOf, type Recording, record } from '../collect.ts';
import type { FuzzTarget } from '../engine/execution.ts';
import { type Outcome, runOnce } from '../engine/run-once.ts';
import { type Input, inputFiles, readInput } from '../inputs.ts';
import { prepare } from '../prepare.ts';
import { snapshot } from '../snapshot.ts';
import { formatAddress, formatFrame } from '../symbolize/format.ts';
import { describeError, type ErrorText, headline } from '../symbolize/stack.ts';
import { Symbolizer } from '../symbolize/symbolizer.ts';
import { EXIT } from '../usage.ts';
import { addTargetOptions, engineOptionsOf, filterOf, type TargetOptions, wholeNumber } from './options.ts';

interface ReplayOptions extends TargetOptions {
  json?: boolean;
  last: number;
  all?: boolean;
}

interface Replayed {
  input: Input;
  outcome: Outcome;
  pcs: bigint[];
  overflowed: boolean;
}

export function replayCommand(): Command {
  return addTargetOptions(
    new Command('replay')
      .description('run inputs once each; print what happened and where the execution went')
      .argument('<target>', 'module that exports fuzz(data)')
      .argument('<file...>', 'inputs, or folders of inputs')
      .option('--json', 'one JSON object a line and input, with the whole trace')
      .option('-n, --last <count>', 'how many PCs of the end of the trace to print', wholeNumber, 30)
      .option('--all', 'print the whole trace'),
  ).action(replay);
}

async function replay(name: string, paths: string[], options: ReplayOptions): Promise<void> {
  const files = inputFiles(paths);
  const { target } = await prepare(name, filterOf(options), engineOptionsOf(options));
  let symbolizer = new Symbolizer(snapshot());
  for (const file of files) {
    const replayed = await run(target, readInput(file));
    // A run may load further modules.
    if (replayed.pcs.some((pc) => symbolizer.lookup(pc) === undefined))
      symbolizer = new Symbolizer(snapshot());
    process.stdout.write(options.json ? asJson(replayed, symbolizer) : asText(replayed, symbolizer, options));
    if (replayed.outcome.kind === 'finding') process.exitCode = EXIT.finding;
  }
}

function run(target: FuzzTarget, input: Input): Promise<Replayed> {
  const done = record(
    () => runOnce(target, input.data),
    { mode: 'pc' },
    (recording: Recording, result): Replayed => {
      if ('error' in result) throw result.error;
      return { input, outcome: result.result, pcs: pcsOf(recording), overflowed: overflowed(recording) };
    },
  );
  return Promise.resolve(done);
}

const errorOf = ({ outcome }: Replayed): ErrorText | null =>
  outcome.kind === 'finding' ? describeError(outcome.error) : null;

function asJson(replayed: Replayed, symbolizer: Symbolizer): string {
  const { input, outcome, pcs } = replayed;
  return `${JSON.stringify({
    file: input.path,
    size: input.data.length,
    outcome: outcome.kind,
    error: errorOf(replayed),
    overflowed: replayed.overflowed,
    trace: pcs.map((pc) => ({ pc: formatAddress(pc), ...symbolizer.lookup(pc) })),
  })}\n`;
}

function asText(replayed: Replayed, symbolizer: Symbolizer, { last, all }: ReplayOptions): string {
  const { input, pcs } = replayed;
  const error = errorOf(replayed);
  const shown = all || pcs.length <= last ? pcs : last === 0 ? [] : pcs.slice(-last);
  const lines = [
    `${input.path} (${input.data.length} bytes): ${error === null ? 'ok' : headline(error)}`,
    ...(error?.stack ?? []).map((frame) => `    ${frame}`),
    `  trace: ${pcs.length} PCs${shown.length < pcs.length ? `, the last ${shown.length} (--all prints every one)` : ''}`,
    ...(replayed.overflowed ? ['  the buffer was full: what came later is not in the trace'] : []),
    ...(pcs.length === 0 ? ['  nothing that ran is instrumented; say which files are with -i'] : []),
    ...shown.map((pc) => `    ${formatFrame(pc, symbolizer.lookup(pc))}`),
  ];
  return `${lines.join('\n')}\n`;
}
