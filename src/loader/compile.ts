import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { type PluginItem, type TransformOptions, transformSync } from '@babel/core';
import { sourcePath } from '../instrument/lines.ts';
import { type Format, isTypeScript, parserOptions } from '../instrument/parse.ts';
import kcov, { type Coverage } from '../instrument/plugin.ts';
import { parseSourceMap, type SourceMap } from './source-map.ts';

/** All that needs Babel, which is slow to load: see compiler.ts. */
export { hasModuleSyntax } from '../instrument/module-syntax.ts';

export interface CompileRequest {
  filename: string;
  format: Format;
  /** What the code traces; nothing where it is only made to run. */
  coverage: readonly Coverage[];
  /** Other people's plugins; they run after the tracing is in. */
  plugins: PluginItem[];
  /** Text of the file's own source map. */
  map: string | undefined;
  /** Whether others add the output's map to that one, so that it must lead to the code that came in. */
  chained: boolean;
}

export interface Compiled {
  /** It ends in a source map to the file that a person wrote. */
  code: string;
  /** What is wrong with the file's own source map, which is then left out. */
  brokenMap?: string;
}

/** @throws Babel's errors */
export function compile(code: string, request: CompileRequest): Compiled {
  const { filename, format, coverage, plugins, chained } = request;
  // What others have made of a file has no types any more.
  const typed = isTypeScript(filename) && !chained;
  const input = inputMap(request.map);
  const result = transformSync(code, {
    ...(parserOptions(filename, format, typed) as object),
    inputSourceMap: chained ? false : input.map,
    sourceMaps: true,
    compact: true,
    comments: false,
    plugins: [
      ...(coverage.length > 0
        ? [[kcov, { coverage, standalone: false, ...(chained && input.map && { inputMap: input.map }) }]]
        : []),
      ...plugins,
      ...(typed ? typeScriptPlugins(format) : []),
    ] as PluginItem[],
  } as TransformOptions)!;
  const comment = mapComment(result.map as SourceMap, filename, input.map);
  return {
    code: `${result.code}\n${comment}`,
    ...(input.broken !== undefined && { brokenMap: input.broken }),
  };
}

/** Named by path, so that Babel loads them only when a file needs them. */
function typeScriptPlugins(format: Format): PluginItem[] {
  const { resolve } = createRequire(import.meta.url);
  const types: PluginItem = [resolve('@babel/plugin-transform-typescript'), { allowDeclareFields: true }];
  return format === 'commonjs' ? [types, resolve('@babel/plugin-transform-modules-commonjs')] : [types];
}

/** False is Babel's word for none. */
function inputMap(text: string | undefined): { map: SourceMap | false; broken?: string } {
  try {
    return { map: text === undefined ? false : parseSourceMap(text) };
  } catch (error) {
    return { map: false, broken: (error as Error).message };
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
