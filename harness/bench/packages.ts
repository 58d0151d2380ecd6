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

/** The first ones are those of shorter runs. */
export const PACKAGES = [
  'acorn',
  'json5',
  'pako',
  'smol-toml',
  'markdown-it',
  'postcss',
  'jpeg-js',
  'xmldom',
  'js-yaml',
  'qs',
  'papaparse',
] as const;

export const loadPackage = (name: string): Promise<BenchPackage> =>
  import(new URL(`./packages/${name}.js`, import.meta.url).href) as Promise<BenchPackage>;
