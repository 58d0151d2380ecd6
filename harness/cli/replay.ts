import { Command } from 'commander';
import { overflowed, pcsOf, type Recording, record, type Trace } from '../collect.ts';
import type { FuzzTarget } from '../engine/execution.ts';
import { type Outcome, runOnce } from '../engine/run-once.ts';
import { Executor } from '../executor/executor.ts';
import { isDeadly } from '../executor/fault.ts';
import { type Input, inputFiles, readInput } from '../inputs.ts';
import { prepare } from '../prepare.ts';
import { settleColors, terminal } from '../screen/colors.ts';
import { snapshot } from '../snapshot.ts';
import { formatAddress } from '../symbolize/format.ts';
import { describeError, type ErrorText } from '../symbolize/stack.ts';
import { Symbolizer } from '../symbolize/symbolizer.ts';
import { targetPath } from '../target.ts';
import { EXIT } from '../usage.ts';
import { MEMORY } from './limits.ts';
import { addTargetOptions, engineOptionsOf, filterOf, type TargetOptions, wholeNumber } from './options.ts';
import { allPcs, type Replayed, replayText } from './replay-text.ts';

interface ReplayOptions extends TargetOptions {
  json?: boolean;
  last: number;
  timeout?: number;
  all?: boolean;
  /** False with --no-color. */
  color: boolean;
}

export function replayCommand(): Command {
  return addTargetOptions(
    new Command('replay')
      .description('run inputs once each; print what happened and where the execution went')
      .argument('<target>', 'module that exports fuzz(data)')
      .argument('<file...>', 'inputs, or folders of inputs')
      .option('--json', 'one JSON object a line and input, with the whole trace')
      .option('-n, --last <count>', 'how many PCs of the end of the trace to print', wholeNumber, 30)
      .option('--all', 'print the whole trace')
      .option('--no-color', 'no colours, as with NO_COLOR=1')
      .option(
        '--timeout <ms>',
        'end a run that takes longer, or ends the process, and say where it was',
        wholeNumber,
      ),
  ).action(replay);
}

async function replay(name: string, paths: string[], options: ReplayOptions): Promise<void> {
  settleColors(options.color);
  const files = inputFiles(paths);
  const { target } = await prepare(name, filterOf(options), engineOptionsOf(options));
  let symbolizer = new Symbolizer(snapshot());
  const executor = options.timeout === undefined ? undefined : executorFor(name, options);
  const style = { ...options, ...terminal(process.stdout) };
  for (const file of files) {
    const input = readInput(file);
    const replayed = (executor && (await fatal(executor, input))) ?? (await run(target, input));
    // A run may load further modules.
    if (allPcs(replayed).some((pc) => symbolizer.lookup(pc) === undefined))
      symbolizer = new Symbolizer(snapshot());
    process.stdout.write(
      options.json ? asJson(replayed, symbolizer) : replayText(replayed, symbolizer, style),
    );
    if (replayed.error !== null) process.exitCode = EXIT.finding;
  }
  await executor?.close();
}

function executorFor(name: string, options: ReplayOptions): Executor {
  const request = { target: targetPath(name), filter: filterOf(options), engine: engineOptionsOf(options) };
  return new Executor(request, { timeout: options.timeout!, memory: MEMORY });
}

/** A run that would not come back is not run here: it is seen elsewhere first. @returns null where it does */
async function fatal(executor: Executor, input: Input): Promise<Replayed | null> {
  const { fault } = await executor.execute(input.data);
  if (fault === null || !isDeadly(fault.kind)) return null;
  return { input, error: fault.error, pcs: [], overflowed: false, remotes: [] };
}

function run(target: FuzzTarget, input: Input): Promise<Replayed> {
  const done = record(
    () => runOnce(target, input.data),
    { mode: 'pc', remote: true },
    (recording: Recording, result): Replayed => {
      if ('error' in result) throw result.error;
      const traced = (trace: Trace) => ({ pcs: pcsOf(trace), overflowed: overflowed(trace) });
      const remotes = recording.remotes
        .map(({ subsystem, id, ...trace }) => ({ subsystem, id, ...traced(trace) }))
        .filter(({ pcs }) => pcs.length > 0);
      return { input, error: errorOf(result.result), ...traced(recording), remotes };
    },
  );
  return Promise.resolve(done);
}

const errorOf = (outcome: Outcome): ErrorText | null =>
  outcome.kind === 'finding' ? describeError(outcome.error) : null;

function asJson(replayed: Replayed, symbolizer: Symbolizer): string {
  const { input, error, pcs, remotes } = replayed;
  const trace = (list: bigint[]) => list.map((pc) => ({ pc: formatAddress(pc), ...symbolizer.lookup(pc) }));
  return `${JSON.stringify({
    file: input.path,
    size: input.data.length,
    outcome: error === null ? 'ok' : 'finding',
    error,
    overflowed: replayed.overflowed,
    trace: trace(pcs),
    // Words of 64 bits do not fit JSON's numbers.
    ...(remotes.length > 0 && {
      remotes: remotes.map((remote) => ({
        subsystem: `${remote.subsystem}`,
        id: `${remote.id}`,
        overflowed: remote.overflowed,
        trace: trace(remote.pcs),
      })),
    }),
  })}\n`;
}
