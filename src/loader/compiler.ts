import { createRequire } from 'node:module';

type Compiler = typeof import('./compile.ts');

let loaded: Compiler | undefined;

/**
 * The compiler. It is loaded when the first file needs it, since Babel takes longer to load than many files to
 * compile, and where all are in the cache none does. Hooks cannot wait, so it is required, ES module as it is.
 */
export function compiler(): Compiler {
  loaded ??= createRequire(import.meta.url)('./compile.js') as Compiler;
  return loaded;
}
