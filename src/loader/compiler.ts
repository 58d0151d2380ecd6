import { createRequire } from 'node:module';

type Compiler = typeof import('./compile.ts');

let loaded: Compiler | undefined;

/**
 * The compiler. It is loaded when the first file needs it, since Babel takes longer to load than many files to
 * compile, and where all are in the cache none does. Hooks cannot wait, so it is required, ES module as it is.
 *
 * `#compiler` is this where Node can do that: it then knows the condition `module-sync`.
 */
export function compiler(): Compiler {
  loaded ??= quietly(() => createRequire(import.meta.url)('./compile.js') as Compiler);
  return loaded;
}

/** Node 22.12 warns that it requires an ES module, which is nothing to our users. */
function quietly<T>(load: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return load();
  } finally {
    process.emitWarning = emitWarning;
  }
}
