import type { PluginItem } from '@babel/core';
import { type Format, isTypeScript } from '../instrument/parse.ts';
import { type Filter, isOwn, matches } from './filter.ts';
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
  /** What it adds to a file; null for nothing. */
  addition(filename: string, included: boolean): Addition | null;
}

export interface Addition {
  /** All that the output of the plugins depends on, besides the file; null where that cannot be said. */
  key: string | null;
  /** Called where the file is compiled, and not where its output is known. */
  plugins(): PluginItem[];
}

export interface LoaderOptions extends Filter {
  provider?: PluginProvider;
}

/** Compiles files as they load, for one registration. */
export class Loader {
  readonly #filter: Filter;
  readonly #addition: ProviderModule['addition'];

  private constructor(filter: Filter, addition: ProviderModule['addition']) {
    this.#filter = filter;
    this.#addition = addition;
  }

  /** @param elsewhere whether the code that is compiled here runs in another thread */
  static async create({ provider, ...filter }: LoaderOptions, elsewhere: boolean): Promise<Loader> {
    if (provider === undefined) return Loader.plain(filter);
    const module = (await import(provider.url)) as ProviderModule;
    if (elsewhere) module.initialize(provider.data);
    return new Loader(filter, module.addition);
  }

  static plain(filter: Filter): Loader {
    return new Loader(filter, () => null);
  }

  /** Whether the file is instrumented. */
  includes(filename: string): boolean {
    return matches(filename, this.#filter);
  }

  /** Whether `compile` would do anything to the file. */
  wants(filename: string): boolean {
    if (isTypeScript(filename) || this.includes(filename)) return true;
    return !isOwn(filename) && this.#addition(filename, false) !== null;
  }

  compile(code: string, filename: string, format: Format): string {
    const trace = this.includes(filename);
    return transform(code, { filename, format, trace, addition: this.#addition(filename, trace) });
  }
}
