import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
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
  readonly #map: TraceMap;

  /** @throws where the text is no such table */
  constructor(text: string) {
    const { sources, mappings } = JSON.parse(text) as Record<string, unknown>;
    if (!Array.isArray(sources) || !sources.every((source) => typeof source === 'string'))
      throw new Error('sources are paths');
    // Decoded mappings would be taken as they are, whatever their numbers are.
    if (typeof mappings !== 'string') throw new Error('mappings are encoded');
    // No other field is taken over: a long sourceRoot, for one, would be copied to every source.
    this.#map = new TraceMap({ version: 3, sources, names: [], mappings });
  }

  /**
   * @param column bytes from the module's base
   * @returns null where the table has no place for it
   */
  lookup(column: number): Place | null {
    const { source, line, column: before } = originalPositionFor(this.#map, { line: 1, column });
    // The mappings are decoded here, at the first question; what is no digit of theirs counts as 0.
    // The types promise more than a damaged table keeps: its numbers may point outside its sources, or below 0.
    const known = typeof source === 'string' && line > 0 && before >= 0;
    return known ? { file: source, line, column: before + 1 } : null;
  }
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
