import { loadAddon } from './addon.ts';
import { withoutCompiler } from './late.ts';
import { requireFromCore } from './resolve.ts';

/** The parts of Jazzer.js that are used here, as they are at run time; its own types name files that it does not ship. */

/** What may be set, with Jazzer.js's names. */
export interface JazzerOptions {
  customHooks: string[];
  disableBugDetectors: string[];
  dryRun: boolean;
  excludes: string[];
  fuzzEntryPoint: string;
  fuzzTarget: string;
  /** The corpus folders and libFuzzer's flags. */
  fuzzerOptions: string[];
  includes: string[];
  sync: boolean;
  /** Milliseconds that one run may take. */
  timeout: number;
  verbose: boolean;
}

export interface OptionsManager {
  get<K extends keyof JazzerOptions>(key: K): JazzerOptions[K];
  merge(options: Partial<JazzerOptions>, source: number): OptionsManager;
}

export interface Core {
  FuzzedDataProvider: new (data: Buffer) => object;
  OptionSource: { DefaultCLIOptions: number; CommandLineArguments: number };
  OptionsManager: new (source: number) => OptionsManager;
  registerGlobals(options: OptionsManager): void;
  /** Runs the fuzzer until it is done or `fuzz` throws. */
  startFuzzingNoInit(
    fuzz: (data: Buffer) => unknown,
    options: OptionsManager,
  ): Promise<{ returnCode: number; error?: unknown }>;
}

/** Functions that run before and after each run of the target. */
export interface Callbacks {
  /** Private to Jazzer.js; in the order of their registration. */
  readonly _afterEachCallbacks: (() => void)[];
  runBeforeEachCallbacks(): void;
  runAfterEachCallbacks(): void;
}

export interface Findings {
  /** What a bug detector reports; anything else that ends a run is a plain error of the target. */
  Finding: new (
    message: string,
  ) => Error;
  /** Stands for a signal; exit code 0 where it was a wish to stop. */
  FuzzerSignalFinding: new (
    signal: number,
  ) => Error & { exitCode: number };
  /** What a bug detector reported last; it is taken out. */
  clearFirstFinding(): Error | undefined;
  cleanErrorStack(error: unknown): void;
}

/** The native addon, which holds libFuzzer. */
export interface Addon {
  /** A region of 8-bit counters, which must stay where it is. */
  registerModuleCounters(counters: Buffer): void;
  traceIntegerCompare(id: number, a: number, b: number): void;
  traceUnequalStrings(id: number, a: string, b: string): void;
  traceStringContainment(id: number, needle: string, haystack: string): void;
  /** Writes the input of the current run as a file and says so. */
  printAndDumpCrashingInput(): void;
}

export interface Jazzer {
  core: Core;
  callbacks: Callbacks;
  findings: Findings;
  /** Whether a bug detector has reported something that nobody has taken out yet. */
  isReported(): boolean;
  addon: Addon;
  /** Lines for libFuzzer's `-dict`, beside those of the caller's own. */
  addDictionary(...lines: string[]): void;
  /** Lines of the dictionary so far: those of bug detectors and custom hooks. */
  dictionary(): readonly string[];
}

let jazzer: Jazzer | undefined;

/**
 * Jazzer.js with its native addon; the first call loads it.
 *
 * @param options.mutator whether libFuzzer is to find our mutator as it loads
 */
export function loadJazzer({ mutator = false } = {}): Jazzer {
  jazzer ??= requireJazzer(mutator);
  return jazzer;
}

function requireJazzer(mutator: boolean): Jazzer {
  loadAddon({ mutator });
  const require = requireFromCore();
  const core = withoutCompiler(() => require('@jazzer.js/core') as Core);
  const { getJazzerJsGlobal } = require('@jazzer.js/core/dist/globals.js') as {
    getJazzerJsGlobal(name: string): unknown;
  };
  const { addDictionary } = require('@jazzer.js/core/dist/dictionary.js') as Pick<Jazzer, 'addDictionary'>;
  const { getCallbacks } = require('@jazzer.js/core/dist/callback.js') as { getCallbacks(): Callbacks };
  return {
    core,
    addDictionary,
    dictionary: () => (getJazzerJsGlobal('dictionary') as { entries: string[] } | undefined)?.entries ?? [],
    // They are kept in a global of Jazzer.js, which `registerGlobals` makes.
    get callbacks() {
      return getCallbacks();
    },
    findings: require('@jazzer.js/core/dist/finding.js') as Findings,
    isReported: () => getJazzerJsGlobal('firstFinding') !== undefined,
    addon: (require('@jazzer.js/fuzzer/dist/addon.js') as { addon: Addon }).addon,
  };
}
