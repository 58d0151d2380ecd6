import * as module from 'node:module';
import { compileModule, filePath, type LoadResult, loadTypeScript } from './hook-esm.ts';
import type { Loaders } from './loaders.ts';
import { isOurs, sourceCandidates } from './resolve.ts';

/** `module.registerHooks`, which runs hooks in the thread that loads: Node 22.15, 23.5 and later. */
type ResolveContext = { parentURL?: string };
type NextResolve = (specifier: string, context: ResolveContext) => unknown;
interface SyncHooks {
  resolve(specifier: string, context: ResolveContext, next: NextResolve): unknown;
  load(url: string, context: object, next: (url: string, context: object) => LoadResult): LoadResult;
}
type RegisterHooks = (hooks: SyncHooks) => { deregister(): void };

const registerHooks = (module as unknown as { registerHooks?: RegisterHooks }).registerHooks;

export const hasSyncHooks = registerHooks !== undefined;

/** @returns takes the hooks back */
export function hookModulesSync(loaders: Loaders): () => void {
  const hooks = registerHooks!({
    resolve(specifier, context, next) {
      if (!loaders.enabled) return next(specifier, context);
      if (isOurs(specifier)) return next(specifier, { ...context, parentURL: import.meta.url });
      try {
        return next(specifier, context);
      } catch (error) {
        for (const candidate of sourceCandidates(specifier, filePath(context.parentURL ?? '') ?? undefined)) {
          try {
            return next(candidate, context);
          } catch {
            // The next one may be there; if none is, the first error says what was asked for.
          }
        }
        throw error;
      }
    },
    load(url, context, next) {
      return loadTypeScript(loaders, url) ?? compileModule(loaders, url, next(url, context));
    },
  });
  return () => hooks.deregister();
}
