import type { PluginItem } from '@babel/core';
import { type Hook, loadHooking } from './hooking.ts';

/** What bug detectors and hooks add to code as it is compiled, in whichever thread that is. */

/** A hook without its function, as it is told to another thread. Its id is its place in the list. */
export interface HookDefinition extends Hook {
  id: number;
}

/** The bug detectors that are loaded, and the plugins that they registered; hooks may add plugins of their own. */
let detectors: { files: readonly string[]; plugins: readonly PluginItem[] } = { files: [], plugins: [] };

/** To be called when bug detectors have loaded, and nothing else that registers plugins. @param files of them */
export function rememberDetectors(files: readonly string[]): void {
  detectors = { files, plugins: [...loadHooking().plugins] };
}

/**
 * The Babel plugins that Jazzer.js would add for a file.
 *
 * @param included whether the file is instrumented; hooks of its functions do not depend on that
 */
export function detectorPlugins(filename: string, included: boolean): PluginItem[] {
  const { plugins, functionHooks } = loadHooking();
  return [...(included ? plugins : []), ...(isHooked(filename) ? [functionHooks(filename)] : [])];
}

/** Whether there would be any. */
export function hasPlugins(filename: string, included: boolean): boolean {
  return isHooked(filename) || (included && loadHooking().plugins.length > 0);
}

/**
 * All that the output of these plugins depends on; null where that cannot be said: of plugins of custom hooks, and
 * where Jazzer.js is to print what it hooks as it compiles.
 */
export function detectorKey(filename: string, included: boolean): string | null {
  const { plugins, version, configurations } = loadHooking();
  const hooked = isHooked(filename);
  if (included && plugins.some((plugin) => !detectors.plugins.includes(plugin))) return null;
  if (hooked && process.env['JAZZER_DEBUG']) return null;
  const detected = included && plugins.length > 0 ? [detectors.files, configurations()] : [];
  return JSON.stringify([version, ...detected, hooked ? hookDefinitions() : []]);
}

const isHooked = (filename: string): boolean =>
  loadHooking().hookManager.hooks.some((hook) => canMatch(hook, filename));

/**
 * Whether a hook may concern functions of the file. One without a package names every file; where it means a
 * global such as `eval`, that is replaced already and no file need be compiled for it.
 */
const canMatch = ({ pkg, target }: Hook, filename: string): boolean =>
  pkg === '' ? !isGlobalFunction(target) : filename.includes(pkg);

function isGlobalFunction(target: string): boolean {
  const step = (value: unknown, name: string) =>
    (value as Record<string, unknown> | null | undefined)?.[name];
  return typeof target.split('.').reduce(step, globalThis as unknown) === 'function';
}

/** The hooks of this thread, for a thread that compiles for it. */
export function hookDefinitions(): HookDefinition[] {
  return loadHooking().hookManager.hooks.map(({ type, target, pkg, async }, id) => ({
    id,
    type,
    target,
    pkg,
    async,
  }));
}

/** Makes this thread compile calls of another thread's hooks: the same hooks, without their functions. */
export function installHookDefinitions(definitions: readonly HookDefinition[]): void {
  const { hookManager } = loadHooking();
  hookManager.clearHooks();
  const inOrder = [...definitions].sort((a, b) => a.id - b.id);
  for (const { type, target, pkg, async } of inOrder)
    hookManager.registerHook(type, target, pkg, async, () => {});
}
