import { syncBuiltinESMExports } from 'node:module';
import threads, {
  getEnvironmentData,
  setEnvironmentData,
  type Worker,
  type WorkerOptions,
} from 'node:worker_threads';
import { boot } from '../boot.ts';
import type { Filter } from './filter.ts';

/** Under which worker threads find the filters that they are to take on. */
export const FILTERS_KEY = 'kcovjs/filters';

/** What runs in each worker thread before its own module does. */
const PRELOAD = ['--import', new URL('./register-in-worker.js', import.meta.url).href];

/** Options of this process that say how modules load. Others may be meant for the process alone, and refused. */
const LOADING = ['--import', '--require', '-r', '--loader', '--experimental-loader', '--conditions', '-C'];

/**
 * Instruments in worker threads what is instrumented here, and has the kernel notice when one ends.
 *
 * @returns takes the hook back
 */
export function hookWorkers(filter: Filter): () => void {
  const { include, exclude } = filter;
  const handedOn = { include, exclude };
  setEnvironmentData(FILTERS_KEY, [...inheritedFilters(), handedOn]);
  const Original = threads.Worker;
  const Instrumented = class Worker extends Original {
    constructor(filename: string | URL, options: WorkerOptions = {}) {
      super(filename, { ...options, execArgv: [...(options.execArgv ?? loadingArgv()), ...PRELOAD] });
      watch(this);
    }
  };
  threads.Worker = Instrumented;
  syncBuiltinESMExports();
  return () => {
    setEnvironmentData(
      FILTERS_KEY,
      inheritedFilters().filter((one) => one !== handedOn),
    );
    // Somebody else may have put theirs over ours.
    if (threads.Worker !== Instrumented) return;
    threads.Worker = Original;
    syncBuiltinESMExports();
  };
}

/** What this thread hands on to those that it starts, or was handed itself. */
export const inheritedFilters = (): Filter[] =>
  (getEnvironmentData(FILTERS_KEY) as unknown as Filter[] | undefined) ?? [];

function watch(worker: Worker): void {
  const { threadId } = worker;
  worker.once('exit', () => boot().sections.threadExited(threadId));
}

/** What a worker thread would inherit, were nothing said. Others, such as `-e`, say what to run. */
export function loadingArgv(): string[] {
  return process.execArgv.filter((word, i, words) => {
    const [name] = word.split('=');
    return LOADING.includes(name!) || LOADING.includes(words[i - 1] ?? '');
  });
}
