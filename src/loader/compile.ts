import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { type PluginItem, type TransformOptions, transformSync } from '@babel/core';
import { sourcePath } from '../instrument/lines.ts';
import { type Format, isTypeScript, parserOptions } from '../instrument/parse.ts';
import kcov from '../instrument/plugin.ts';
import { parseSourceMap, type SourceMap } from './source-map.ts';

/** All that needs Babel, which is slow to load: see compiler.ts. */
export { hasModuleSyntax } from '../instrument/module-syntax.ts';

export interface CompileRequest {
  filename: string;
  format: Format;
  /** Whether the code is traced, or only made to run. */
  traced: boolean;
  /** Other people's plugins; they run after the tracing is in. */
  plugins: PluginItem[];
  /** Text of the file's own source map. */
  map: string | undefined;
}

export interface Compiled {
  /** It ends in a source map to the file that a person wrote. */
  code: string;
  /** What is wrong with the file's own source map, which is then left out. */
  brokenMap?: string;
}

/** @throws Babel's errors */
export function compile(code: string, request: CompileRequest): Compiled {
  const { filename, format, traced, plugins } = request;
  const input = inputMap(request.map);
  const result = transformSync(code, {
    ...(parserOptions(filename, format) as object),
    inputSourceMap: input.map,
    sourceMaps: true,
    compact: true,
    comments: false,
    plugins: [
      ...(traced ? [[kcov, { standalone: false }]] : []),
      ...plugins,
      ...(isTypeScript(filename) ? typeScriptPlugins(format) : []),
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
