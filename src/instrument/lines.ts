import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { addMapping, GenMapping, toEncodedMap } from '@jridgewell/gen-mapping';
import { originalPositionFor, type SourceMapInput, TraceMap } from '@jridgewell/trace-mapping';
import type { Site } from './sites.ts';

/** Absolute path of a source named in a map beside `filename`; addresses such as `webpack://` stay as they are. */
export function sourcePath(source: string, filename: string): string {
  if (source.startsWith('file:')) return fileURLToPath(source);
  return /^[a-z][a-z+.-]+:/i.test(source) ? source : resolve(dirname(filename), source);
}

/**
 * The line table of a module: where each site stands in the file that a person wrote.
 *
 * @param inputMap source map of `filename`, where that file is itself compiled; a site that it does not cover is
 *   shown in `filename`
 * @returns see KernelModule.lines
 */
export function lineTable(table: Iterable<Site>, filename: string, inputMap?: SourceMapInput): string {
  const original = inputMap === undefined ? null : new TraceMap(inputMap);
  const lines = new GenMapping({});
  for (const { place, offset } of table) {
    const found = original === null ? null : originalPositionFor(original, place);
    const generated = { line: 1, column: offset };
    if (found !== null && found.source !== null) {
      const source = sourcePath(found.source, filename);
      addMapping(lines, { generated, source, original: { line: found.line, column: found.column } });
    } else {
      addMapping(lines, { generated, source: filename, original: place });
    }
  }
  const { version, sources, names, mappings } = toEncodedMap(lines);
  return JSON.stringify({ version, sources, names, mappings });
}
