import { readFileSync } from 'node:fs';
import { traverse } from '@babel/core';
import type { FileCoverageData } from 'istanbul-lib-coverage';
import { type Analysis, type AnalysisOptions, analyze } from '../../../src/instrument/analyze.ts';
import { hasModuleSyntax } from '../../../src/instrument/module-syntax.ts';
import type { Format } from '../../../src/instrument/parse.ts';
import type { ServedCode } from '../../../src/loader/served.ts';
import { parseSourceMap, readSourceMap, type SourceMap } from '../../../src/loader/source-map.ts';
import type { LoadedFile } from '../measure/measured.ts';
import { istanbulMaps, type MapsOptions } from './istanbul-maps.ts';
import { lineStarts } from './text.ts';

/** A file as reports see it: istanbul's maps of it, and where each block's text is. */
export interface Source {
  /** Of code that others have made of a file, one beside it. */
  filename: string;
  /** Its text, as it is compiled. */
  code: string;
  analysis: Analysis;
  /** Maps of statements, functions and branches, all counts 0. */
  maps: FileCoverageData;
  /** Characters before each line. */
  lineStarts: number[];
}

/** The files of code under test, and a line for each that is gone, or has changed since it was loaded. */
export function readSources(files: readonly LoadedFile[]): { sources: Source[]; notes: string[] } {
  const sources: Source[] = [];
  const notes: string[] = [];
  for (const { filename, address, served } of files) {
    try {
      const source = served === undefined ? readSource(filename) : servedSource(filename, served);
      if (source.analysis.address === address) sources.push(source);
      else notes.push(`${filename} has changed since it was loaded; it is not in the report`);
    } catch (error) {
      notes.push(`${filename} cannot be reported: ${(error as Error).message.split('\n')[0]}`);
    }
  }
  return { sources, notes };
}

/** @throws where the file is gone or cannot be parsed */
export function readSource(filename: string): Source {
  // Node takes the byte order mark away before it compiles, so we never saw it.
  const code = readFileSync(filename, 'utf8').replace(/^\uFEFF/, '');
  const format = formatOf(code, filename);
  return sourceOf(code, filename, format, { inputSourceMap: inputMap(code, filename) });
}

function servedSource(filename: string, { code, map }: ServedCode): Source {
  const beside = `${filename}?served`;
  const maps = istanbulMaps(code, beside, 'module', {
    inputSourceMap: parseSourceMap(map),
    typed: false,
  });
  return whole({
    filename: beside,
    code,
    analysis: analyze(code, filename, 'module', { typed: false }),
    maps,
  });
}

/** @throws where the code cannot be parsed */
export function sourceOf(
  code: string,
  filename: string,
  format: Format,
  options: MapsOptions & AnalysisOptions = {},
): Source {
  const analysis = analyze(code, filename, format, options);
  return whole({ filename, code, analysis, maps: istanbulMaps(code, filename, format, options) });
}

function whole(parts: Omit<Source, 'lineStarts'>): Source {
  // What Babel remembers of trees that are gone costs the next ones a fifth of their time.
  traverse.cache.clear();
  return { ...parts, lineStarts: lineStarts(parts.code) };
}

function formatOf(code: string, filename: string): Format {
  if (/\.m[jt]s$/.test(filename)) return 'module';
  if (/\.cjs$/.test(filename)) return 'commonjs';
  return hasModuleSyntax(code, filename) ? 'module' : 'commonjs';
}

/** A broken map was named when the file was instrumented. */
function inputMap(code: string, filename: string): SourceMap | undefined {
  try {
    return readSourceMap(code, filename);
  } catch {
    return undefined;
  }
}
