import type { PluginItem } from '@babel/core';
import {
  detectorKey,
  detectorPlugins,
  type HookDefinition,
  hasPlugins,
  installHookDefinitions,
} from './plugins.ts';

/** What the loader imports, in whichever thread it compiles, to add what bug detectors and hooks need. */

export function initialize(definitions: HookDefinition[]): void {
  installHookDefinitions(definitions);
}

/** The loader's `Addition`. */
export function addition(filename: string, included: boolean) {
  if (!hasPlugins(filename, included)) return null;
  return {
    key: detectorKey(filename, included),
    plugins: (): PluginItem[] => detectorPlugins(filename, included),
  };
}
