import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { PluginItem } from '@babel/core';
import { type Hook, type Jazzer, loadHooking, loadJazzer } from './jazzer.ts';
import { withoutCompiler } from './late.ts';
import { type EngineOptions, jazzerOptions, wantsHints } from './options.ts';
import { PollutionGuard } from './pollution.ts';
import { jazzerPackagePath } from './resolve.ts';

/** A hook without its function, as it is told to another thread. Its id is its place in the list. */
export interface HookDefinition extends Hook {
  id: number;
}

/** The bug detectors that are loaded, and the plugins that they registered; hooks may add plugins of their own. */
let detectors: { files: readonly string[]; plugins: readonly PluginItem[] } = { files: [], plugins: [] };

/**
 * Makes ready what Jazzer.js makes ready before the target loads, but for its instrumentation, for which ours
 * stands in: its globals, its bug detectors, custom hooks, and the hooks in Node's own functions.
 */
export async function initDetectors(options: EngineOptions): Promise<void> {
  const { core } = loadJazzer({ mutator: wantsHints(options) });
  core.registerGlobals(jazzerOptions(options, options.loop === 'sync'));
  // First the detectors, since a file of custom hooks may configure them.
  const files = detectorFiles(options.disableBugDetectors ?? []);
  requireAll(files);
  detectors = { files, plugins: [...loadHooking().plugins] };
  // One after the other: a hook is known by its place among all, in compiled code too, which is kept on disk.
  for (const file of options.customHooks ?? []) await import(pathToFileURL(withExtension(file)).href);
  await loadHooking().hookManager.finalizeHooks(globalThis);
}

function requireAll(paths: readonly string[]): void {
  const require = createRequire(import.meta.url);
  withoutCompiler(() => {
    for (const path of paths) require(path);
  });
}

const withExtension = (path: string): string => resolve(/\.[cm]?js$/.test(path) ? path : `${path}.js`);

/** Bug detectors whose names match none of the patterns. */
export function detectorFiles(disabled: readonly string[]): string[] {
  const patterns = disabled.map((pattern) => new RegExp(pattern));
  const folder = join(dirname(jazzerPackagePath('@jazzer.js/bug-detectors')!), 'internal');
  const files = readdirSync(folder).filter((file) => file.endsWith('.js'));
  return files.filter((file) => isEnabled(basename(file, '.js'), patterns)).map((file) => join(folder, file));
}

function isEnabled(name: string, patterns: readonly RegExp[]): boolean {
  if (!patterns.some((pattern) => pattern.test(name))) return true;
  console.error(`Skip loading bug detector "${name}" because of user-provided pattern.`);
  return false;
}

/**
 * Puts a guard in the place of the detector of prototype pollution, for a loop whose executions must cost little.
 *
 * @returns undefined where the detector is left out
 */
export function guardPollution(
  jazzer: Pick<Jazzer, 'callbacks' | 'isReported'>,
): { guard: PollutionGuard; remove: () => void } | undefined {
  const list = jazzer.callbacks._afterEachCallbacks;
  const at = list.findIndex((callback) => String(callback).includes('BASIC_PROTO_SNAPSHOTS'));
  if (at === -1) return undefined;
  const detector = list[at]!;
  const guard = new PollutionGuard(detector, () => jazzer.isReported());
  list[at] = guard.check;
  return {
    guard,
    remove: () => {
      list[list.indexOf(guard.check)] = detector;
    },
  };
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
