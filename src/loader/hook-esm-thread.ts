import type { MessagePort } from 'node:worker_threads';
import { compileModule, filePath, type LoadResult, loadTypeScript } from './hook-esm.ts';
import { Loader, type LoaderOptions } from './loader.ts';
import { Loaders } from './loaders.ts';
import { isOurs, sourceCandidates } from './resolve.ts';

/** Runs in the thread that older versions of Node keep for `module.register`; see hook-esm-async.ts. */

type ResolveContext = { parentURL?: string };
type NextResolve = (specifier: string, context: ResolveContext) => Promise<unknown>;

export interface ThreadData {
  options: LoaderOptions;
  port: MessagePort;
}

/** Empty while what a loader itself needs is loading, which goes through these hooks too. */
const loaders = new Loaders();

export async function initialize({ options, port }: ThreadData): Promise<void> {
  const loader = await Loader.create(options, true);
  loaders.add(loader);
  port.on('message', () => {
    loaders.remove(loader);
    port.close();
  });
  port.unref();
}

export async function resolve(
  specifier: string,
  context: ResolveContext,
  next: NextResolve,
): Promise<unknown> {
  if (!loaders.enabled) return next(specifier, context);
  if (isOurs(specifier)) return next(specifier, { ...context, parentURL: import.meta.url });
  try {
    return await next(specifier, context);
  } catch (error) {
    for (const candidate of sourceCandidates(specifier, filePath(context.parentURL ?? '') ?? undefined)) {
      try {
        return await next(candidate, context);
      } catch {
        // The next one may be there; if none is, the first error says what was asked for.
      }
    }
    throw error;
  }
}

export async function load(
  url: string,
  context: object,
  next: (url: string, context: object) => Promise<LoadResult>,
): Promise<LoadResult> {
  if (!loaders.enabled) return next(url, context);
  return loadTypeScript(loaders, url) ?? compileModule(loaders, url, await next(url, context));
}
