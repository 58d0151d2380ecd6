import type { LoadedModule, StabilityReport } from '../feedback/counters.ts';
import type { Literals } from '../feedback/hints/dictionary.ts';
import { Session, type SessionStats } from '../feedback/session.ts';
import { guardPollution } from './detectors.ts';
import { askedWords, dictionaryLines } from './dictionary.ts';
import { tickDrain } from './drain.ts';
import type { Endings } from './ending.ts';
import { Execution, type FuzzTarget, PromiseSeen } from './execution.ts';
import { flag } from './flags.ts';
import { createGuide } from './guide.ts';
import { type Jazzer, loadJazzer } from './jazzer.ts';
import { type FuzzListener, Stopped, type StopReason } from './listener.ts';
import { asyncLoop, syncLoop } from './loop.ts';
import { type EngineOptions, jazzerOptions } from './options.ts';
import { Reporter } from './reporter.ts';

export interface FuzzRequest {
  target: FuzzTarget;
  options: EngineOptions;
  /** The modules that are loaded at that time. */
  kldstat: () => readonly LoadedModule[];
  /** Literals of the code that is loaded, for hints and libFuzzer's dictionary. */
  literals?: Literals;
  /** Hears of findings, which then do not end fuzzing, and what fails does not come into the corpus. */
  listener?: FuzzListener;
  /** What the target does to end the process, where that is refused. */
  endings?: Endings;
}

export interface FuzzResult {
  /** 0 nothing found, 77 a finding, 78 not the error that was expected. */
  code: number;
  error?: unknown;
  /** The target returned a promise, which this loop cannot wait for: the process is to be run again with that loop. */
  restart?: 'async';
  /** What ended it, if that was neither libFuzzer nor a finding: only where there is a listener. */
  stopped?: StopReason;
  stats: SessionStats;
  stability: StabilityReport;
  /** Whether new coverage counted without being confirmed; see Session.remembers. */
  remembers: boolean;
}

const NO_LITERALS: Literals = { strings: [], numbers: [] };

const OK = 0;
const UNEXPECTED = 78;

/** Milliseconds that a further execution is waited for, however long the timeout. */
const MAX_PATIENCE = 10_000;

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
export async function fuzz({
  target,
  options,
  kldstat,
  literals = NO_LITERALS,
  listener,
  endings,
}: FuzzRequest): Promise<FuzzResult> {
  const jazzer = loadJazzer();
  const { loop = 'auto', libFuzzerFlags = [], expectedErrors = [], remote = true } = options;
  const sync = target.length < 2 && (loop === 'sync' || (loop === 'auto' && !isAsyncFunction(target)));
  const settings = jazzerOptions(options, sync);
  jazzer.core.registerGlobals(settings);
  const timeout = settings.get('timeout');
  const asked = options.hints ? askedWords(jazzer.dictionary(), libFuzzerFlags) : [];
  if (options.hints) jazzer.addDictionary(...dictionaryLines(literals, asked));
  const session = new Session({
    hooks: jazzer.addon,
    kldstat,
    everyComparison: Number(flag(libFuzzerFlags, 'use_value_profile') ?? 0) !== 0,
    // Both executions of an input share libFuzzer's one alarm.
    slow: timeout / 10,
    remote,
    guide: createGuide(options, literals, asked),
    // While a synchronous loop runs nothing else does.
    flows: !sync,
    ...(listener && { hidesFailures: true, onNew: (input: Uint8Array) => listener.reached(input) }),
  });
  const execution = new Execution(target, jazzer.callbacks, jazzer.findings, tickDrain(), endings);
  execution.stackTraces = options.stackTraces ?? false;
  const pollution = guardPollution(jazzer);
  const reporter = new Reporter({
    execution,
    jazzer,
    guard: pollution?.guard,
    timeout,
    libFuzzerFlags,
    listener,
    progress: session,
  });
  const parts = { execution, session, reporter };
  const once = sync
    ? syncLoop(parts, loop === 'sync' ? 'ignore' : 'stop')
    : asyncLoop(parts, {
        patience: Math.min(timeout / 8, MAX_PATIENCE),
        exits: flag(libFuzzerFlags, 'minimize_crash_internal_step') === '1',
      });
  const uncaught = (error: unknown): void => execution.uncaught(error);
  process.on('uncaughtException', uncaught);
  const abort = process.abort;
  if (listener !== undefined) process.abort = abortWith(jazzer.addon);
  try {
    const { returnCode, error } = await fromMacrotask(() => jazzer.core.startFuzzingNoInit(once, settings));
    const { stats, stability, remembers } = session;
    const result = { stats, stability, remembers };
    if (error instanceof PromiseSeen) return { code: OK, restart: 'async', ...result };
    if (error instanceof Stopped) return { code: OK, stopped: error.why, ...result };
    return expect({ code: returnCode, error, ...result }, expectedErrors);
  } finally {
    process.off('uncaughtException', uncaught);
    process.abort = abort;
    pollution?.remove();
    session.close();
  }
}

/** libFuzzer writes the input where the process exits, but not where it aborts. */
function abortWith(addon: Pick<Jazzer['addon'], 'printAndDumpCrashingInput'>): () => never {
  const abort = process.abort.bind(process);
  return () => {
    addon.printAndDumpCrashingInput();
    return abort();
  };
}

/** Calls it outside of any microtask, in which no further one would run. */
const fromMacrotask = <T>(call: () => Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => setImmediate(() => call().then(resolve, reject)));

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
