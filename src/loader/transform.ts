import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { type PluginItem, type TransformOptions, transformSync } from '@babel/core';
import { KERNEL_GLOBAL } from '../abi/kernel.ts';
import { sourcePath } from '../instrument/lines.ts';
import { type Format, isTypeScript, parserOptions } from '../instrument/parse.ts';
import kcov, { type PluginOptions } from '../instrument/plugin.ts';
import { warn } from '../warn.ts';
import { readSourceMap, type SourceMap } from './source-map.ts';

export interface TransformRequest {
  filename: string;
  format: Format;
  /** Plugin options, or null to compile without tracing. */
  trace: PluginOptions | null;
  /** Other people's plugins; they run after the tracing is in. */
  plugins?: PluginItem[];
}

/** Whether the code was instrumented before, here or ahead of time. */
export const isInstrumented = (code: string): boolean => code.includes(`${KERNEL_GLOBAL}.kldload(`);

/**
 * Compiles one file as it loads. Where that fails the file is named in a warning and comes back as it was.
 *
 * @returns code that ends in a source map to the file that a person wrote
 */
export function transform(code: string, request: TransformRequest): string {
  const { filename, trace, plugins = [] } = request;
  const traced = trace !== null && !isInstrumented(code);
  if (!traced && plugins.length === 0 && !isTypeScript(filename)) return code;
  try {
    return compile(code, traced ? trace : null, request);
  } catch (error) {
    warn(`cannot instrument ${filename}: ${reason(error, filename)}; it runs as it is`);
    return code;
  }
}

function compile(code: string, trace: PluginOptions | null, request: TransformRequest): string {
  const { filename, format, plugins = [] } = request;
  const input = inputMap(code, filename);
  const result = transformSync(code, {
    ...(parserOptions(filename, format) as object),
    inputSourceMap: input,
    sourceMaps: true,
    compact: true,
    comments: false,
    plugins: [
      ...(trace === null ? [] : [[kcov, { standalone: false, ...trace }]]),
      ...plugins,
      ...(isTypeScript(filename) ? typeScriptPlugins(format) : []),
    ] as PluginItem[],
  } as TransformOptions)!;
  return `${result.code}\n${mapComment(result.map as SourceMap, filename, input)}`;
}

/** Named by path, so that Babel loads them only when a file needs them. */
function typeScriptPlugins(format: Format): PluginItem[] {
  const { resolve } = createRequire(import.meta.url);
  const types: PluginItem = [resolve('@babel/plugin-transform-typescript'), { allowDeclareFields: true }];
  return format === 'commonjs' ? [types, resolve('@babel/plugin-transform-modules-commonjs')] : [types];
}

/** False, which is Babel's word for none, where the file has no map that can be read. */
function inputMap(code: string, filename: string): SourceMap | false {
  try {
    return readSourceMap(code, filename) ?? false;
  } catch (error) {
    warn(`cannot read the source map of ${filename}: ${(error as Error).message}; its own lines are shown`);
    return false;
  }
}

/**
 * Node reads this when a stack is printed; addresses that are whole need no knowledge of where the map lay.
 *
 * Node shows a function by the name that the map has where it begins. Babel puts that of the nearest identifier
 * there, which is the first parameter of an arrow function; so names are kept only where the input had some.
 */
function mapComment(map: SourceMap, filename: string, input: SourceMap | false): string {
  const sources = map.sources.map((source) => {
    const path = sourcePath(source ?? '', filename);
    return path.startsWith('/') ? pathToFileURL(path).href : path;
  });
  const names = input !== false && input.names.length > 0 ? map.names : map.names.map(() => '');
  const json = JSON.stringify({ ...map, names, sources, sourceRoot: undefined, sourcesContent: undefined });
  return `//# sourceMappingURL=data:application/json;base64,${Buffer.from(json).toString('base64')}`;
}

/** Babel's message without the path, which stands before it already, and without its code frame. */
function reason(error: unknown, filename: string): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0]!.replace(`${filename}: `, '');
}
