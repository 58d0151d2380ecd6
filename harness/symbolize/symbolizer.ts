import { STT_FILE, STT_FUNC } from '../../src/abi/elf.ts';
import { ElfSymbols } from './elf.ts';
import { LineTables } from './line-table.ts';

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
}

interface Range {
  start: bigint;
  end: bigint;
  symbol: string;
  module: Module;
}

/** Tells what addresses mean, from the bytes of a snapshot alone. */
export class Symbolizer {
  readonly #lines: LineTables;
  /** Sorted by address. */
  readonly #ranges: Range[] = [];

  /** @throws {ElfError} where the bytes are no snapshot */
  constructor(bytes: Uint8Array) {
    const elf = new ElfSymbols(bytes);
    const stringAt = (offset: number): string => (elf.hasString(offset) ? elf.stringAt(offset).text : '');
    this.#lines = new LineTables(stringAt);
    let module: Module | null = null;
    for (const { name, type, value, size, nameOffset } of elf.symbols()) {
      if (type === STT_FILE) {
        module = { file: name, lines: elf.stringAt(nameOffset).next, base: -1n };
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
    const { lines, base, file } = range.module;
    return { ...frame, ...this.#lines.lookup(lines, Number(pc - base), file) };
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
}
