import { readFileSync } from 'node:fs';
import type { FileCoverageData } from 'istanbul-lib-coverage';
import { createInstrumenter } from 'istanbul-lib-instrument';
import { type Analysis, analyze } from '../../src/instrument/analyze.ts';
import { hasModuleSyntax } from '../../src/instrument/module-syntax.ts';
import { type Format, isTypeScript } from '../../src/instrument/parse.ts';
import { readSourceMap } from '../../src/loader/source-map.ts';

/** A file as reports see it: istanbul's maps of it, and where each block's text is. */
export interface Source {
  filename: string;
  analysis: Analysis;
  /** Maps of statements, functions and branches, all counts 0. */
  maps: FileCoverageData;
  /** Characters before each line. */
  lineStarts: number[];
}

/** @throws where the file is gone or cannot be parsed */
export function readSource(filename: string): Source {
  // Node takes the byte order mark away before it compiles, so we never saw it.
  const code = readFileSync(filename, 'utf8').replace(/^\uFEFF/, '');
  const format = formatOf(code, filename);
  return {
    filename,
    analysis: analyze(code, filename, format),
    maps: istanbulMaps(code, filename, format),
    lineStarts: lineStarts(code),
  };
}

function formatOf(code: string, filename: string): Format {
  if (/\.m[jt]s$/.test(filename)) return 'module';
  if (/\.cjs$/.test(filename)) return 'commonjs';
  return hasModuleSyntax(code, filename) ? 'module' : 'commonjs';
}

function istanbulMaps(code: string, filename: string, format: Format): FileCoverageData {
  const instrumenter = createInstrumenter({
    esModules: format === 'module',
    autoWrap: true,
    compact: true,
    produceSourceMap: false,
    parserPlugins: [
      'importAttributes',
      'explicitResourceManagement',
      ...(isTypeScript(filename) ? ['typescript'] : []),
    ],
  } as Parameters<typeof createInstrumenter>[0]);
  instrumenter.instrumentSync(code, filename, inputMap(code, filename) as never);
  return structuredClone(instrumenter.lastFileCoverage()) as FileCoverageData;
}

/** A broken map was named when the file was instrumented. */
function inputMap(code: string, filename: string): object | undefined {
  try {
    return readSourceMap(code, filename);
  } catch {
    return undefined;
  }
}

function lineStarts(code: string): number[] {
  const starts = [0];
  for (const { index, 0: end } of code.matchAll(/\r\n|[\n\r\u2028\u2029]/g)) starts.push(index + end.length);
  return starts;
}
