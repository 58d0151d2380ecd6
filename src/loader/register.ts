import { boot } from '../boot.ts';
import { completeFilter, type Filter } from './filter.ts';
import { hookCommonJs } from './hook-commonjs.ts';
import { hookModulesAsync } from './hook-esm-async.ts';
import { hasSyncHooks, hookModulesSync } from './hook-esm-sync.ts';
import { hookWorkers } from './hook-worker.ts';
import { Loader, type LoaderOptions, type PluginProvider } from './loader.ts';
import { Loaders } from './loaders.ts';
import { raiseLimits } from './optimizer.ts';

export interface Registration {
  /** Files that load from now on are left as they are. */
  unregister(): void;
}

const loaders = new Loaders();
/** Takes back the hooks that all loaders have in common. */
let unhook: (() => void)[] = [];

/** Whether this thread compiles what it loads. */
export const isRegistered = (): boolean => loaders.enabled;

/**
 * Instruments CommonJS, ES modules and TypeScript as they load, from now on: in this thread, and in worker threads
 * that it starts.
 *
 * @param options.include parts of paths, `*` for all; without either list, everything outside node_modules
 * @param options.exclude parts of paths that are left alone
 */
export function register(options: Partial<Filter>): Registration {
  const filter = completeFilter(options);
  return hook(Loader.plain(filter), filter);
}

/** The same with Babel plugins of others, which are loaded first. */
export async function registerWith(
  options: Partial<Filter>,
  provider: PluginProvider,
): Promise<Registration> {
  const all: LoaderOptions = { ...completeFilter(options), provider };
  return hook(await Loader.create(all, false), all);
}

function hook(loader: Loader, options: LoaderOptions): Registration {
  boot();
  raiseLimits();
  // Node maps the frames of a stack when it is first read, and not before.
  process.setSourceMapsEnabled(true);
  if (!loaders.enabled) unhook = [hookCommonJs(loaders), hasSyncHooks ? hookModulesSync(loaders) : () => {}];
  loaders.add(loader);
  const undo = [hasSyncHooks ? () => {} : hookModulesAsync(options), hookWorkers(options)];
  return {
    unregister() {
      if (!loaders.has(loader)) return;
      loaders.remove(loader);
      for (const one of undo) one();
      if (!loaders.enabled) for (const one of unhook.splice(0)) one();
    },
  };
}
