import { decodedMappings, TraceMap } from '@jridgewell/trace-mapping';
import { ElfError } from './elf.ts';

/** A place in a file that a person wrote. */
export interface Place {
  file: string;
  /** Counted from 1, both. */
  line: number;
  column: number;
}

/** Where the bytes of one module come from: `KernelModule.lines`, as a snapshot carries it. Believes nothing. */
export class LineTable {
  readonly #sources: readonly (string | null)[];
  /** In columns, one entry a segment: a large file has hundred thousands. */
  readonly #start: Float64Array;
  readonly #source: Float64Array;
  readonly #line: Float64Array;
  readonly #column: Float64Array;

  /** @throws where the text is no such table */
  constructor(text: string) {
    const { sources, mappings } = JSON.parse(text) as Record<string, unknown>;
    if (!Array.isArray(sources) || !sources.every((source) => typeof source === 'string'))
      throw new Error('sources are paths');
    // Decoded mappings would be taken as they are, whatever their numbers are.
    if (typeof mappings !== 'string') throw new Error('mappings are encoded');
    // No other field is taken over: a long sourceRoot, for one, would be copied to every source.
    const map = new TraceMap({ version: 3, sources, names: [], mappings });
    // They are sorted, and what is no digit counts as 0.
    const segments = decodedMappings(map)[0] ?? [];
    const numbers = (field: number): Float64Array => {
      const column = new Float64Array(segments.length);
      for (let i = 0; i < column.length; i++) column[i] = segments[i]![field] ?? -1;
      return column;
    };
    this.#sources = map.resolvedSources;
    [this.#start, this.#source, this.#line, this.#column] = [0, 1, 2, 3].map(numbers) as Four<Float64Array>;
  }

  /**
   * @param column bytes from the module's base
   * @returns null where the table has no place for it
   */
  lookup(column: number): Place | null {
    const i = lastUpTo(this.#start, column);
    if (i === -1) return null;
    const [source, line, before] = [this.#sources[this.#source[i]!], this.#line[i]!, this.#column[i]!];
    // The types promise more than a damaged table keeps: its numbers may point outside its sources, or below 0.
    const known = typeof source === 'string' && line >= 0 && before >= 0;
    return known ? { file: source, line: line + 1, column: before + 1 } : null;
  }
}

type Four<T> = [T, T, T, T];

/** Index of the last number that is not greater, or -1. */
function lastUpTo(sorted: Float64Array, limit: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/**
 * The line tables of a snapshot, each read once, when it is first needed. Damaged modules may all name one table, but
 * a table begins behind a NUL, so that no two overlap, and all of them take no more than the file does.
 */
export class LineTables {
  readonly #tables = new Map<number, LineTable | 'none' | 'broken'>();
  readonly #textAt: (offset: number) => string;

  /** @param textAt the string at an offset of the string table, or an empty one */
  constructor(textAt: (offset: number) => string) {
    this.#textAt = textAt;
  }

  /**
   * @param offset of the table in the string table
   * @param column bytes from the module's base
   * @param file the module, for what an error says
   * @returns null where there is no table, or no place in it
   * @throws {ElfError} where the table is broken
   */
  lookup(offset: number, column: number, file: string): Place | null {
    if (!this.#tables.has(offset)) this.#tables.set(offset, readTable(this.#textAt(offset)));
    const table = this.#tables.get(offset)!;
    if (table === 'broken') throw new ElfError(`the line table of ${file} is broken`);
    return table === 'none' ? null : table.lookup(column);
  }
}

function readTable(text: string): LineTable | 'none' | 'broken' {
  try {
    return text.startsWith('{') ? new LineTable(text) : 'none';
  } catch {
    return 'broken';
  }
}
