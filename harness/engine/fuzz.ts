import type { LoadedModule } from '../feedback/counters.ts';
import { Session, type SessionStats } from '../feedback/session.ts';
import { Execution, type FuzzTarget, PromiseSeen } from './execution.ts';
import { printFinding } from './finding.ts';
import { type Jazzer, loadJazzer } from './jazzer.ts';
import { type EngineOptions, flag, jazzerOptions } from './options.ts';

export interface FuzzRequest {
  target: FuzzTarget;
  options: EngineOptions;
  /** The modules that are loaded at that time. */
  kldstat: () => readonly LoadedModule[];
}

export interface FuzzResult {
  /** 0 nothing found, 77 a finding, 78 not the error that was expected. */
  code: number;
  error?: unknown;
  /** The target returned a promise, which this loop cannot wait for: the process is to be run again with that loop. */
  restart?: 'async';
  stats: SessionStats;
}

const OK = 0;
const FINDING = 77;
const UNEXPECTED = 78;

const isAsyncFunction = (target: FuzzTarget): boolean => target.constructor.name === 'AsyncFunction';

/**
 * Runs libFuzzer on a target until it is done or something is found.
 *
 * The loop that calls a target synchronously is much the faster one, but blocks the event loop. So it is taken
 * unless the target shows that it needs the other: it takes a callback, is an async function, or, where the loop
 * is 'auto', returns a promise, whereupon the result asks for a restart.
 *
 * The detectors must be ready (initDetectors), and the target loaded.
 */
export async function fuzz({ target, options, kldstat }: FuzzRequest): Promise<FuzzResult> {
  const jazzer = loadJazzer();
  const { loop = 'auto', libFuzzerFlags = [], expectedErrors = [], remote = true } = options;
  const sync = target.length < 2 && (loop === 'sync' || (loop === 'auto' && !isAsyncFunction(target)));
  const settings = jazzerOptions(options, sync);
  jazzer.core.registerGlobals(settings);
  const session = new Session({
    hooks: jazzer.addon,
    kldstat,
    everyComparison: Number(flag(libFuzzerFlags, 'use_value_profile') ?? 0) !== 0,
    // Both executions of an input share libFuzzer's one alarm.
    slow: settings.get('timeout') / 10,
    remote,
    // While a synchronous loop runs nothing else does.
    flows: !sync,
  });
  const execution = new Execution(target, jazzer.callbacks, jazzer.findings);
  const once = sync
    ? syncRun(execution, session, loop === 'sync' ? 'ignore' : 'stop', jazzer)
    : asyncRun(execution, session, jazzer, flag(libFuzzerFlags, 'minimize_crash_internal_step') === '1');
  const uncaught = (error: unknown): void => execution.uncaught(error);
  if (!sync) process.on('uncaughtException', uncaught);
  try {
    const { returnCode, error } = await jazzer.core.startFuzzingNoInit(once, settings);
    if (error instanceof PromiseSeen) return { code: OK, restart: 'async', stats: session.stats };
    return expect({ code: returnCode, error, stats: session.stats }, expectedErrors);
  } finally {
    process.off('uncaughtException', uncaught);
    session.close();
  }
}

function syncRun(execution: Execution, session: Session, promises: 'stop' | 'ignore', jazzer: Jazzer) {
  const execute = (data: Buffer): void => execution.sync(data, promises);
  return (data: Buffer): void => {
    try {
      session.trace(execute, data);
    } catch (error) {
      report(error, jazzer);
    }
  };
}

/**
 * @param exits a step of -minimize_crash, whose loop goes on to the next input when it is told to stop. The process
 *   then ends while that one is current, and libFuzzer writes it over the one that was found. So it ends at once.
 */
function asyncRun(execution: Execution, session: Session, jazzer: Jazzer, exits: boolean) {
  const execute = (data: Buffer): Promise<void> => execution.async(data);
  const fail = (error: unknown): never => {
    try {
      return report(error, jazzer);
    } finally {
      if (exits) process.exit(FINDING);
    }
  };
  return (data: Buffer): Promise<void> => session.trace(execute, data).catch(fail);
}

/** Prints what was found and writes its input, as long as libFuzzer has it; the error then ends the loop. */
function report(error: unknown, { findings, addon }: Jazzer): never {
  const stop = error instanceof findings.FuzzerSignalFinding && error.exitCode === OK;
  if (!stop && !(error instanceof PromiseSeen)) {
    printFinding(error, findings);
    addon.printAndDumpCrashingInput();
  }
  throw error;
}

/** What Jazzer.js makes of a result where errors are expected. */
function expect(result: FuzzResult, expected: readonly string[]): FuzzResult {
  if (expected.length === 0) return result;
  if (result.error === undefined) {
    console.error(`ERROR: Received no error, but expected one of [${expected}].`);
    return { ...result, code: UNEXPECTED };
  }
  const name = result.error instanceof Error ? result.error.name : String(result.error);
  if (expected.includes(name)) {
    console.error(`INFO: Received expected error "${name}".`);
    return { ...result, code: OK };
  }
  console.error(`ERROR: Received error "${name}" is not in expected errors [${expected}].`);
  return { ...result, code: UNEXPECTED };
}
