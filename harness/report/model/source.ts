import { readFileSync } from 'node:fs';
import { type NodePath, parseSync, traverse, types } from '@babel/core';
import coverage, { type FileCoverageData } from 'istanbul-lib-coverage';
import { programVisitor } from 'istanbul-lib-instrument';
import { type Analysis, analyze } from '../../../src/instrument/analyze.ts';
import { hasModuleSyntax } from '../../../src/instrument/module-syntax.ts';
import { type Format, parserOptions } from '../../../src/instrument/parse.ts';
import { readSourceMap } from '../../../src/loader/source-map.ts';
import type { LoadedFile } from '../measure/measured.ts';
import { lineStarts } from './text.ts';

/** A file as reports see it: istanbul's maps of it, and where each block's text is. */
export interface Source {
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
  for (const { filename, address } of files) {
    try {
      const source = readSource(filename);
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
  const analysis = analyze(code, filename, format);
  const maps = istanbulMaps(code, filename, format);
  // What Babel remembers of trees that are gone costs the next ones a fifth of their time.
  traverse.cache.clear();
  return { filename, code, analysis, maps, lineStarts: lineStarts(code) };
}

interface Found {
  fileCoverage: FileCoverageData;
}

/** Its published types are those of an older one. */
interface MapsVisitor {
  enter(path: NodePath<types.Program>): void;
  exit(path: NodePath<types.Program>): Found | undefined;
}

/** Of a program that runs, the maps would become a part, which takes as long as finding them. */
const LEAN_TYPES = { ...types, valueToNode: () => types.nullLiteral() };

function formatOf(code: string, filename: string): Format {
  if (/\.m[jt]s$/.test(filename)) return 'module';
  if (/\.cjs$/.test(filename)) return 'commonjs';
  return hasModuleSyntax(code, filename) ? 'module' : 'commonjs';
}

/** istanbul's visitor finds them while it puts counters into a tree that nobody prints. */
function istanbulMaps(code: string, filename: string, format: Format): FileCoverageData {
  const file = parseSync(code, parserOptions(filename, format) as object)!;
  const options = { inputSourceMap: inputMap(code, filename) as never };
  const visitor = programVisitor(LEAN_TYPES as never, filename, options) as unknown as MapsVisitor;
  let found: Found | undefined;
  traverse(file, {
    Program: {
      enter: visitor.enter,
      exit(path) {
        found = visitor.exit(path);
      },
    },
  });
  // A file that asks to be ignored has no maps.
  const maps = found?.fileCoverage ?? coverage.createFileCoverage(filename).data;
  return structuredClone(maps) as FileCoverageData;
}

/** A broken map was named when the file was instrumented. */
function inputMap(code: string, filename: string): object | undefined {
  try {
    return readSourceMap(code, filename);
  } catch {
    return undefined;
  }
}
