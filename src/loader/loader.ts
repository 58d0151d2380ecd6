import type { PluginItem } from '@babel/core';
import { type Format, isTypeScript } from '../instrument/parse.ts';
import { type Filter, matches } from './filter.ts';
import { transform } from './transform.ts';

/**
 * A module that gives further Babel plugins for a file, such as the hooks of bug detectors. It is imported in
 * each thread that compiles; in one that does nothing else, it is told `data` of the thread that runs the code.
 */
export interface PluginProvider {
  url: string;
  data: unknown;
}

export interface ProviderModule {
  initialize(data: unknown): void;
  plugins(filename: string, included: boolean): PluginItem[];
}

export interface LoaderOptions extends Filter {
  provider?: PluginProvider;
}

/** Compiles files as they load, for one registration. */
export class Loader {
  readonly #filter: Filter;
  readonly #plugins: ProviderModule['plugins'];

  private constructor(filter: Filter, plugins: ProviderModule['plugins']) {
    this.#filter = filter;
    this.#plugins = plugins;
  }

  /** @param elsewhere whether the code that is compiled here runs in another thread */
  static async create({ provider, ...filter }: LoaderOptions, elsewhere: boolean): Promise<Loader> {
    if (provider === undefined) return Loader.plain(filter);
    const module = (await import(provider.url)) as ProviderModule;
    if (elsewhere) module.initialize(provider.data);
    return new Loader(filter, module.plugins);
  }

  static plain(filter: Filter): Loader {
    return new Loader(filter, () => []);
  }

  /** Whether the file is instrumented. */
  includes(filename: string): boolean {
    return matches(filename, this.#filter);
  }

  /** Whether `compile` would do anything to the file. */
  wants(filename: string): boolean {
    return isTypeScript(filename) || this.includes(filename) || this.#plugins(filename, false).length > 0;
  }

  compile(code: string, filename: string, format: Format): string {
    const included = this.includes(filename);
    const plugins = this.#plugins(filename, included);
    return transform(code, { filename, format, trace: included ? {} : null, plugins });
  }
}
