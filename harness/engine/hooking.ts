import type { PluginItem } from '@babel/core';
import { requireFromCore } from './resolve.ts';

export interface Hook {
  type: number;
  target: string;
  pkg: string;
  async: boolean;
}

export interface HookManager {
  readonly hooks: readonly Hook[];
  registerHook(type: number, target: string, pkg: string, async: boolean, hook: () => void): void;
  clearHooks(): void;
  /** Replaces the hooked functions of Node's own modules and of `global`. */
  finalizeHooks(global: object): Promise<void>;
  hasFunctionsToHook(filename: string): boolean;
}

/** What compiling a file needs. It loads no native code, so that each thread can have its own. */
export interface Hooking {
  hookManager: HookManager;
  /** Babel plugins that bug detectors registered. */
  plugins: readonly PluginItem[];
  /** Loads Babel. */
  functionHooks(filename: string): PluginItem;
  /** How bug detectors are configured, by their names. */
  configurations(): [string, unknown][];
  /** Of Jazzer.js. */
  version: string;
}

let hooking: Hooking | undefined;

/** The hooks that are registered in this thread, and what applies them. Asked for each file that loads. */
export function loadHooking(): Hooking {
  hooking ??= requireHooking();
  return hooking;
}

function requireHooking(): Hooking {
  const require = requireFromCore();
  const { hookManager } = require('@jazzer.js/hooking') as { hookManager: HookManager };
  const { instrumentationPlugins } = require('@jazzer.js/instrumentor/dist/plugin.js') as {
    instrumentationPlugins: { plugins: PluginItem[] };
  };
  const { bugDetectorConfigurations } = require('@jazzer.js/bug-detectors/dist/configuration.js') as {
    bugDetectorConfigurations: { configurations: Map<string, unknown> };
  };
  return {
    hookManager,
    plugins: instrumentationPlugins.plugins,
    functionHooks(filename) {
      const hooks = require('@jazzer.js/instrumentor/dist/plugins/functionHooks.js') as {
        functionHooks(filename: string): PluginItem;
      };
      return hooks.functionHooks(filename);
    },
    configurations: () => [...bugDetectorConfigurations.configurations],
    version: (require('@jazzer.js/core/package.json') as { version: string }).version,
  };
}
