import type { PluginItem } from '@babel/core';
import { detectorPlugins, type HookDefinition, installHookDefinitions } from './detectors.ts';

/** What the loader imports, in whichever thread it compiles, to add what bug detectors and hooks need. */

export function initialize(definitions: HookDefinition[]): void {
  installHookDefinitions(definitions);
}

export const plugins = (filename: string, included: boolean): PluginItem[] =>
  detectorPlugins(filename, included);
