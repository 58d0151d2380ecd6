import { completeFilter, type Filter } from '../src/loader/filter.ts';
import { type Registration, registerWith } from '../src/loader/register.ts';
import { initDetectors } from './engine/detectors.ts';
import type { FuzzTarget } from './engine/execution.ts';
import type { EngineOptions } from './engine/options.ts';
import { hookDefinitions } from './engine/plugins.ts';
import { isFuzzTest, loadTarget, preload, targetPath } from './target.ts';
import { UsageError } from './usage.ts';

export interface Prepared extends Registration {
  target: FuzzTarget;
}

/** Runs something that loads a target, and may watch it. */
export type Loading = (load: () => Promise<FuzzTarget>) => Promise<FuzzTarget>;

/**
 * Loads a target the way every command does: bug detectors and hooks first, then the target, instrumented.
 *
 * @throws {UsageError} for a target or a file of hooks that cannot be loaded
 */
export async function prepare(
  name: string,
  filter: Partial<Filter>,
  engine: EngineOptions,
  loading: Loading = (load) => load(),
): Promise<Prepared> {
  await preload(name); // The file is looked at before anything else is loaded for it.
  await detectors(engine);
  const url = new URL('./engine/provider.js', import.meta.url).href;
  const registration = await registerWith(isFuzzTest(name) ? withoutConfiguration(filter) : filter, {
    url,
    data: hookDefinitions(),
  });
  const target = await loading(() => loadTarget(name, filter, engine.fuzzEntryPoint));
  return { target, unregister: registration.unregister };
}

/** What configures vitest is loaded here too, and is no code under test. */
function withoutConfiguration(filter: Partial<Filter>): Filter {
  const { include, exclude } = completeFilter(filter);
  return { include, exclude: [...exclude, '/vitest.config.', '/vite.config.', '/vitest.workspace.'] };
}

async function detectors(engine: EngineOptions): Promise<void> {
  for (const file of engine.customHooks ?? [])
    targetPath(file, 'no such file of hooks; give the path of a module');
  try {
    await initDetectors(engine);
  } catch (error) {
    if ((engine.customHooks ?? []).length === 0) throw error;
    const message = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new UsageError(`${engine.customHooks!.join(', ')}: cannot be loaded: ${message}`);
  }
}
