import {
  originalPositionFor,
  type SourceMapInput,
  sourceContentFor,
  TraceMap,
} from '@jridgewell/trace-mapping';
import type { Range as Location } from 'istanbul-lib-coverage';
import getMapping from 'istanbul-lib-source-maps/lib/get-mapping.js';
import { sourcePath } from '../../../src/instrument/lines.ts';
import type { Range } from '../page/data.ts';
import type { Source } from './source.ts';

/** A piece of text in a file that a person wrote. */
export interface Piece {
  path: string;
  range: Range;
}

/** From places of a file as it was loaded to those in the files that a person wrote, as istanbul finds them. */
export class Originals {
  readonly #source: Source;
  readonly #map: TraceMap | null;

  constructor(source: Source) {
    this.#source = source;
    const { inputSourceMap: input } = source.maps as { inputSourceMap?: SourceMapInput };
    this.#map = input ? traceMap(input) : null;
  }

  /** Where istanbul says that a statement, function or branch stands; null where the map does not cover it. */
  location(generated: Location): { path: string; loc: Location } | null {
    if (this.#map === null) return { path: this.#source.filename, loc: generated };
    const found = getMapping(this.#map, generated, this.#source.filename);
    return found && { path: found.source, loc: found.loc };
  }

  /** @param start offset into the file as it was loaded */
  piece(start: number, end: number): Piece | null {
    const found = this.location({ start: placeAt(this.#source, start), end: placeAt(this.#source, end) });
    return found && { path: found.path, range: rangeOf(found.loc) };
  }

  /** The file that a place is shown in, and its line, as line tables have them. */
  line({ line, column }: { line: number; column: number }): { path: string; line: number } {
    const { filename } = this.#source;
    const found = this.#map === null ? null : originalPositionFor(this.#map, { line, column });
    if (found === null || found.source === null) return { path: filename, line };
    return { path: sourcePath(found.source, filename), line: found.line };
  }

  /** The text of a file, as far as it is known here; null where it is not. */
  textOf(path: string): string | null {
    const { filename, code } = this.#source;
    if (path === filename) return code;
    for (const source of this.#map?.resolvedSources ?? []) {
      if (source !== null && sourcePath(source, filename) === path)
        return sourceContentFor(this.#map!, source);
    }
    return null;
  }
}

/** istanbul leaves a broken map out as well. */
function traceMap(input: SourceMapInput): TraceMap | null {
  try {
    return new TraceMap(input);
  } catch {
    return null;
  }
}

/** istanbul's columns count from 0; an end that nobody knows is infinite. */
export const rangeOf = ({ start, end }: Location): Range => [
  start.line,
  start.column + 1,
  end.line,
  end.column + 1,
];

/** Line from 1, column from 0. */
function placeAt({ lineStarts }: Source, offset: number): { line: number; column: number } {
  let [low, high] = [0, lineStarts.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (lineStarts[middle]! <= offset) low = middle + 1;
    else high = middle;
  }
  return { line: low, column: offset - lineStarts[low - 1]! };
}

export const offsetOf = (
  { lineStarts }: Source,
  { line, column }: { line: number; column: number },
): number => (lineStarts[line - 1] ?? 0) + column;
