import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadHooking } from './hooking.ts';
import { type Jazzer, loadJazzer } from './jazzer.ts';
import { withoutCompiler } from './late.ts';
import { type EngineOptions, jazzerOptions, wantsHints } from './options.ts';
import { rememberDetectors } from './plugins.ts';
import { PollutionGuard } from './pollution.ts';
import { jazzerPackagePath } from './resolve.ts';

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
  rememberDetectors(files);
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
