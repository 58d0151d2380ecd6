import { createRequire, Module } from 'node:module';
import { jazzerPackagePath } from './resolve.ts';

/**
 * Packages that those of Jazzer.js require as they load, and use only to compile and to write coverage reports: Babel
 * above all, which takes longer to load than all else. Where what we compile is in the cache, nothing asks for them.
 *
 * proper-lockfile is none of them, although nobody locks here: it listens to signals from when it loads, and libFuzzer
 * leaves those alone that somebody listens to.
 */
const USED_LATE: Readonly<Record<string, readonly string[]>> = {
  '@jazzer.js/core': ['istanbul-lib-coverage', 'istanbul-lib-report', 'istanbul-reports'],
  '@jazzer.js/instrumentor': [
    '@babel/core',
    '@babel/generator',
    '@babel/types',
    'istanbul-lib-instrument',
    'source-map-support',
  ],
  '@jazzer.js/bug-detectors': ['@babel/core'],
};

const require = createRequire(import.meta.url);
let paths: readonly string[] | undefined;

/**
 * Loads packages of Jazzer.js without those: meanwhile each has a module in Node's cache that stands in for it, and
 * loads it when it is first used. Whoever else requires one, before or after, gets the package itself.
 *
 * @param load must load them before it returns
 */
export function withoutCompiler<T>(load: () => T): T {
  paths ??= Object.entries(USED_LATE).flatMap(([name, used]) => resolved(name, used));
  const missing = paths.filter((path) => require.cache[path] === undefined);
  for (const path of missing) require.cache[path] = standIn(path);
  try {
    return load();
  } finally {
    for (const path of missing) leave(path);
  }
}

/** Files of packages, as a package of Jazzer.js finds them; one that it does not find is its own to miss. */
function resolved(name: string, used: readonly string[]): string[] {
  const { resolve } = createRequire(jazzerPackagePath(name)!);
  return used.flatMap((one) => {
    try {
      return [resolve(one)];
    } catch {
      return [];
    }
  });
}

const standIns = new WeakSet<NodeJS.Module>();

function standIn(path: string): NodeJS.Module {
  const module = new Module(path);
  module.filename = path;
  module.loaded = true;
  module.exports = lateExports(() => {
    leave(path);
    return require(path) as Exports;
  });
  standIns.add(module);
  return module;
}

/** Makes room for the module itself. */
function leave(path: string): void {
  const module = require.cache[path];
  if (module !== undefined && standIns.has(module)) delete require.cache[path];
}

type Exports = Record<PropertyKey, unknown>;

/** Looks like an ES module, compiled to CommonJS, since what TypeScript has compiled looks into any other at once. */
function lateExports(load: () => Exports): object {
  let exports: Exports | undefined;
  return new Proxy(
    {},
    {
      get(_, name) {
        if (name === '__esModule') return true;
        exports ??= load();
        return name === 'default' && !exports['__esModule'] ? exports : exports[name];
      },
    },
  );
}
