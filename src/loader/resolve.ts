/** Names that mean another file than Node would find. */

/**
 * Jazzer.js and ourselves: one copy serves the harness and the code under test, whichever copy that has, since
 * two copies of a fuzzer do not know of each other.
 */
export const isOurs = (specifier: string): boolean => /^(@jazzer\.js\/|kcovjs(\/|$))/.test(specifier);

const FROM_JS: Record<string, string> = { '.js': '.ts', '.mjs': '.mts', '.cjs': '.cts' };

/**
 * What a TypeScript file may mean by a relative import that leads nowhere: `./a.js` is `./a.ts` before it is
 * compiled, and bundlers find `./a` and `./a/index`.
 */
export function sourceCandidates(specifier: string, importer: string | undefined): string[] {
  if (!/^(\.{0,2}\/|file:)/.test(specifier) || !/\.[cm]?ts$/.test(importer ?? '')) return [];
  const extension = /\.[cm]?js$/.exec(specifier)?.[0];
  if (extension !== undefined) return [specifier.slice(0, -extension.length) + FROM_JS[extension]!];
  return [`${specifier}.ts`, `${specifier}.js`, `${specifier}/index.ts`, `${specifier}/index.js`];
}
