import { flag } from './flags.ts';
import { type JazzerOptions, loadJazzer, type OptionsManager } from './jazzer.ts';
import { loadMutator } from './mutator.ts';

/** What is set for a fuzzer. Names and defaults are Jazzer.js's where it has them. */
export interface EngineOptions {
  /** Folders and files of inputs; new ones go to the first folder. */
  corpus?: string[];
  /** libFuzzer's flags, as they are. */
  libFuzzerFlags?: string[];
  /** Which loop to run the target in: see fuzz.ts. */
  loop?: 'auto' | 'sync' | 'async';
  /** Milliseconds that one run may take; libFuzzer's own `-timeout` wins. */
  timeout?: number;
  /** Names of errors, one of which must end the run. */
  expectedErrors?: string[];
  /** Patterns of the names of bug detectors that are left out. */
  disableBugDetectors?: string[];
  /** Files that register hooks or configure bug detectors. */
  customHooks?: string[];
  includes?: string[];
  excludes?: string[];
  fuzzTarget?: string;
  fuzzEntryPoint?: string;
  /** Whether what a run does in remote sections counts as its own; yes by default. */
  remote?: boolean;
  /** Whether errors have stacks while fuzzing, for code that reads them; no by default: see investigation.ts. */
  stackTraces?: boolean;
  /** Whether comparisons lead to inputs of our own, by way of our mutator; not by default. */
  hints?: boolean;
  dryRun?: boolean;
  verbose?: boolean;
}

const FINDING = 77;

/** Seconds that stand for no limit: libFuzzer has 0 for it, which Jazzer.js refuses. */
const NO_TIMEOUT = 1_000_000_000;

/** The same for Jazzer.js. Environment variables `JAZZER_*` set what is not set here. */
export function jazzerOptions(options: EngineOptions, sync: boolean): OptionsManager {
  const { OptionsManager, OptionSource } = loadJazzer().core;
  const {
    corpus = [],
    libFuzzerFlags = [],
    loop: _loop,
    expectedErrors: _expected,
    remote: _remote,
    hints: _hints,
    stackTraces: _stackTraces,
    ...rest
  } = options;
  const timeout = timeoutFlag(libFuzzerFlags) ?? options.timeout;
  // libFuzzer's own code for a timeout is 70; it is a finding like any other.
  const flags = has(libFuzzerFlags, 'timeout_exitcode') ? [] : [`-timeout_exitcode=${FINDING}`];
  const all: Partial<JazzerOptions> = {
    ...rest,
    fuzzerOptions: [...corpus, ...flags, ...passedOn(options)],
    sync,
  };
  if (timeout !== undefined) all.timeout = timeout;
  const given = Object.entries(all).filter(([, value]) => value !== undefined);
  return new OptionsManager(OptionSource.DefaultCLIOptions).merge(
    Object.fromEntries(given),
    OptionSource.CommandLineArguments,
  );
}

/** Whether inputs of our own are wanted: not where libFuzzer makes a corpus or a crash smaller. */
export function wantsHints({ hints = false, libFuzzerFlags = [] }: EngineOptions): boolean {
  const shrinks = ['merge', 'minimize_crash', 'minimize_crash_internal_step', 'merge_inner'];
  return hints && !shrinks.some((name) => Number(flag(libFuzzerFlags, name) ?? 0) !== 0);
}

/** Where our mutator has the last word, it controls lengths too; libFuzzer would bound what it offers. */
function passedOn(options: EngineOptions): string[] {
  const { libFuzzerFlags = [] } = options;
  const ours = wantsHints(options) && loadMutator() !== null;
  return ours ? libFuzzerFlags.filter((one) => !one.startsWith('-len_control=')) : libFuzzerFlags;
}

const has = (flags: readonly string[], name: string): boolean => flag(flags, name) !== undefined;

/** Jazzer.js puts a `-timeout` of its own after the caller's, so the caller's becomes that one. */
function timeoutFlag(flags: readonly string[]): number | undefined {
  const value = flag(flags, 'timeout');
  return value === undefined ? undefined : 1000 * (Number.parseInt(value, 10) || NO_TIMEOUT);
}
