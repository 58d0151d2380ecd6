import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import { STT_FILE, STT_FUNC } from '../../src/abi/elf.ts';
import { ElfError, ElfSymbols } from './elf.ts';

/** Where an address lies. */
export interface Frame {
  symbol: string;
  /** Bytes from the function's first. */
  offset: number;
  /** Absolute path of the file that a person wrote; missing where the snapshot has no lines for it. */
  file?: string;
  /** Counted from 1, both. */
  line?: number;
  column?: number;
}

export interface FunctionRange {
  symbol: string;
  address: bigint;
  size: number;
  /** The file as it was loaded. */
  file: string;
}

interface Module {
  file: string;
  /** Offset of the line table in the string table. */
  lines: number;
  /** First byte of text. */
  base: bigint;
  map?: TraceMap | null;
}

interface Range {
  start: bigint;
  end: bigint;
  symbol: string;
  module: Module;
}

/** Tells what addresses mean, from the bytes of a snapshot alone. */
export class Symbolizer {
  readonly #elf: ElfSymbols;
  /** Sorted by address. */
  readonly #ranges: Range[] = [];

  /** @throws {ElfError} where the bytes are no snapshot */
  constructor(elf: Uint8Array) {
    this.#elf = new ElfSymbols(elf);
    let module: Module | null = null;
    for (const { name, type, value, size, nameOffset } of this.#elf.symbols()) {
      if (type === STT_FILE) {
        module = { file: name, lines: this.#elf.stringAt(nameOffset).next, base: -1n };
      } else if (type === STT_FUNC && size > 0n) {
        module ??= { file: '', lines: -1, base: -1n };
        if (module.base === -1n || value < module.base) module.base = value;
        this.#ranges.push({ start: value, end: value + size, symbol: name, module });
      }
    }
    this.#ranges.sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
  }

  /** The functions, by address. */
  functions(): FunctionRange[] {
    return this.#ranges.map(({ start, end, symbol, module }) => ({
      symbol,
      address: start,
      size: Number(end - start),
      file: module.file,
    }));
  }

  /**
   * @param pc an address, 64 bits
   * @returns undefined where no function has it
   * @throws {ElfError} where the line table that it needs is broken
   */
  lookup(pc: bigint): Frame | undefined {
    const range = this.#find(pc);
    if (range === undefined) return undefined;
    const frame: Frame = { symbol: range.symbol, offset: Number(pc - range.start) };
    const place = placeOf(this.#lines(range.module), Number(pc - range.module.base), range.module.file);
    return place === null ? frame : { ...frame, ...place };
  }

  #find(pc: bigint): Range | undefined {
    let [low, high] = [0, this.#ranges.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#ranges[middle]!.start <= pc) low = middle + 1;
      else high = middle;
    }
    const range = this.#ranges[low - 1];
    return range !== undefined && pc < range.end ? range : undefined;
  }

  /** A module's line table, read when it is first needed: the string behind the file's name. */
  #lines(module: Module): TraceMap | null {
    if (module.map === undefined) {
      const text = this.#elf.hasString(module.lines) ? this.#elf.stringAt(module.lines).text : '';
      module.map = text.startsWith('{') ? parseLines(text, module.file) : null;
    }
    return module.map;
  }
}

const broken = (file: string): ElfError => new ElfError(`the line table of ${file} is broken`);

function parseLines(text: string, file: string): TraceMap {
  try {
    return new TraceMap(text);
  } catch {
    throw broken(file);
  }
}

type Place = Required<Pick<Frame, 'file' | 'line' | 'column'>>;

/** @param column bytes from the module's base */
function placeOf(map: TraceMap | null, column: number, file: string): Place | null {
  if (map === null) return null;
  try {
    // The mappings are decoded here, at the first question.
    const { source, line, column: before } = originalPositionFor(map, { line: 1, column });
    // The types promise more than a damaged table keeps: its numbers may point outside its sources, or below 0.
    const known = typeof source === 'string' && line > 0 && before >= 0;
    return known ? { file: source, line, column: before + 1 } : null;
  } catch {
    throw broken(file);
  }
}
