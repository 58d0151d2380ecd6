import type { Random } from './random.ts';

/** Packages of different kinds, each at the exact version of package.json, with inputs that our own code makes. */

export interface BenchPackage {
  /** Parts of the paths of its files, which are what is instrumented. */
  include: string[];
  /** What is measured. @throws whatever the package throws */
  parse(data: Buffer): void;
  /** A valid and realistic input, always the same for the same size and seed. @param size bytes, roughly */
  document(size: number, random: Random): Buffer;
}

export const PACKAGES = [
  'acorn',
  'json5',
  'smol-toml',
  'js-yaml',
  'xmldom',
  'markdown-it',
  'postcss',
  'jpeg-js',
  'pako',
  'qs',
  'papaparse',
] as const;

export const loadPackage = (name: string): Promise<BenchPackage> =>
  import(new URL(`./packages/${name}.js`, import.meta.url).href) as Promise<BenchPackage>;
