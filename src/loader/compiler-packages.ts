import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What our compiler imports that is not ours; the rest follows from what these depend on. */
const DIRECT = [
  '@babel/core',
  '@babel/plugin-transform-modules-commonjs',
  '@babel/plugin-transform-typescript',
  '@jridgewell/gen-mapping',
  '@jridgewell/trace-mapping',
];

interface Manifest {
  name: string;
  version: string;
  dependencies?: Record<string, string>;
}

let packages: Map<string, string> | undefined;

/** The packages that the compiler is made of, all the way down: folder → name and version. */
export function compilerPackages(): ReadonlyMap<string, string> {
  packages ??= closure();
  return packages;
}

/**
 * Whether a file is part of the compiler, which must not compile itself as it loads. Babel is CommonJS: where one
 * of the packages has ES modules too, those are not what it runs, and may be under test.
 */
export function isCompilerFile(filename: string): boolean {
  const found = compilerPackages().get(packageFolder(filename));
  return found !== undefined && (found.startsWith('@jridgewell/') || !filename.endsWith('.mjs'));
}

function closure(): Map<string, string> {
  const found = new Map<string, string>();
  const add = (name: string, from: string): void => {
    const folder = locate(name, from);
    // What is optional may be missing.
    if (folder === undefined || found.has(folder)) return;
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
    found.set(folder, `${manifest.name}@${manifest.version}`);
    for (const dependency of Object.keys(manifest.dependencies ?? {})) add(dependency, folder);
  };
  for (const name of DIRECT) add(name, dirname(fileURLToPath(import.meta.url)));
  return found;
}

/** Where Node finds a package. Not by `require.resolve`, since not every package exports its manifest. */
function locate(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    try {
      return realpathSync(join(folder, 'node_modules', name));
    } catch {
      if (folder === dirname(folder)) return undefined;
    }
  }
}

/** The folder of the package that a file under node_modules is in. */
function packageFolder(filename: string): string {
  const modules = `${sep}node_modules${sep}`;
  const start = filename.lastIndexOf(modules) + modules.length;
  const scoped = filename[start] === '@';
  const [name = '', second = ''] = filename.slice(start).split(sep, 2);
  return filename.slice(0, start) + (scoped ? name + sep + second : name);
}
