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

/** Compiles files as they load; one in each thread that loads code under test. */
export class Loader {
  readonly #filter: Filter;
  readonly #plugins: ProviderModule['plugins'];
  /** Off once the harness has unregistered, since not every hook can be taken back. */
  enabled = true;
  /** What the compiler itself loads on the way is not code under test. */
  #compiling = false;

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

  /** Whether `compile` would do anything to the file. */
  wants(filename: string): boolean {
    if (!this.enabled || this.#compiling) return false;
    return isTypeScript(filename) || matches(filename, this.#filter) || this.#hooks(filename);
  }

  #hooks(filename: string): boolean {
    return this.#plugins(filename, false).length > 0;
  }

  compile(code: string, filename: string, format: Format): string {
    const included = matches(filename, this.#filter);
    this.#compiling = true;
    try {
      const plugins = this.#plugins(filename, included);
      return transform(code, { filename, format, trace: included ? {} : null, plugins });
    } finally {
      this.#compiling = false;
    }
  }
}
