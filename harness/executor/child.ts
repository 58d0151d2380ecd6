import { forgetProcess } from '../../src/processes.ts';
import { guardPollution } from '../engine/detectors.ts';
import { Ending, Endings } from '../engine/ending.ts';
import type { FuzzTarget } from '../engine/execution.ts';
import { loadJazzer } from '../engine/jazzer.ts';
import { Reads } from '../engine/reads.ts';
import { prepare } from '../prepare.ts';
import { UsageError } from '../usage.ts';
import type { LoadedCode } from './executed.ts';
import { noteExits } from './exits.ts';
import { readFrame, writeFrame } from './frames.ts';
import { LoadedModules, recordLoading } from './loaded-code.ts';
import { type Answer, type Begin, INPUTS, LAST_WORDS, type LastWords, type Run } from './messages.ts';
import { Runner } from './runner.ts';
import { watch } from './watchdog.ts';

/**
 * A process that executes inputs for its parent, one at a time, whatever the target does to it.
 *
 * It reads with calls that block, and so depends on nothing that a target can take apart: no listener, no stream. It
 * ends with its parent, whose end of the pipe then closes.
 */

/** Recursion shows in stacks only where they are longer than V8's 10 frames. */
Error.stackTraceLimit = 50;

/** Nothing of the target, such as its listeners, is asked. */
const end = (process as typeof process & { reallyExit(code: number): never }).reallyExit;
const exit: (code: number) => never = (code) => end.call(process, code);
let run = 0;

const answer = (message: Answer): void => writeFrame(INPUTS, message);
const say = (message: LastWords): void => writeFrame(LAST_WORDS, message);
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function fail(error: unknown): never {
  try {
    say({ type: 'broken', run, message: messageOf(error) });
  } finally {
    exit(1);
  }
}

async function load(
  { request: { target, filter, engine }, limits: { timeout } }: Begin,
  loading: (load: () => Promise<FuzzTarget>) => Promise<FuzzTarget>,
): Promise<Runner> {
  // What is libFuzzer's does not concern us.
  const options = { ...engine, corpus: [], libFuzzerFlags: [], hints: false };
  const endings = new Endings();
  let reads: Reads | undefined;
  const prepared = await prepare(target, filter, options, (loadTarget) => {
    // Behind packages of ours that hook exits too, and before any of the target.
    noteExits((fault) => {
      if (run > 0) endings.refuse(new Ending(fault.kind === 'exit' ? 'exit' : 'crash', fault.error));
      say({ type: 'ending', run, fault });
    });
    reads = new Reads();
    return loading(loadTarget);
  });
  const guard = guardPollution(loadJazzer())?.guard;
  guard?.check(); // It remembers how prototypes are now,
  if (guard) guard.exact = true; // and each change is that of the run that made it.
  return new Runner({
    target: prepared.target,
    timeout,
    endings,
    reads: reads!,
    mend: () => guard?.restore() !== false,
  });
}

function refuse(error: unknown): never {
  answer({ type: 'refused', message: messageOf(error), usage: error instanceof UsageError });
  exit(1);
}

async function serve(): Promise<never> {
  const begin = readFrame(INPUTS) as Begin;
  const watchdog = await watch(begin.limits, begin.parent, fail);
  const loaded = begin.known && new LoadedModules(begin.known);
  let loading: LoadedCode['loading'];
  const runner = await load(begin, async (loadTarget) => {
    if (!loaded) return loadTarget();
    const { result, ...counted } = await recordLoading(loadTarget);
    loading = counted;
    return result;
  }).catch(refuse);
  answer({ type: 'loaded', ...(loaded && { code: { ...loaded.fresh(), loading: loading! } }) });
  for (;;) {
    const next = readFrame(INPUTS) as Run | undefined;
    if (next === undefined) {
      forgetProcess(process.pid); // The parent would have done it.
      exit(0);
    }
    run = next.run;
    watchdog.begin(run);
    const executed = await runner.run(next.input, next);
    watchdog.end();
    const last = !runner.isSound;
    const code = loaded?.fresh();
    answer({ type: 'ran', run, executed, last, ...(code?.modules.length && { code }) });
    if (last) exit(0);
  }
}

await serve().catch(fail);
