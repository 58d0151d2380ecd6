import { STT_FILE, STT_FUNC } from '../../src/abi/elf.ts';
import { ElfSymbols } from './elf.ts';
import { FunctionTable } from './functions.ts';
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
  /** Index into `modules`. */
  module: number;
}

interface Module {
  file: string;
  /** Offset of the line table in the string table. */
  lines: number;
  /** The function that has the first byte of its text, once functions are sorted. */
  first: number;
}

/** Tells what addresses mean, from the bytes of a snapshot alone. Names and lines are read when they are asked for. */
export class Symbolizer {
  readonly #elf: ElfSymbols;
  readonly #lines: LineTables;
  readonly #modules: Module[] = [];
  readonly #functions: FunctionTable;
  /** Of each function, once it is known. */
  readonly #names: (string | undefined)[];

  /** @throws {ElfError} where the bytes are no snapshot */
  constructor(bytes: Uint8Array) {
    this.#elf = new ElfSymbols(bytes);
    this.#lines = new LineTables((offset) => this.#stringAt(offset));
    this.#functions = this.#read();
    this.#functions.sort();
    this.#names = new Array<string | undefined>(this.#functions.length);
    for (let i = this.#functions.length - 1; i >= 0; i--)
      this.#modules[this.#functions.module[i]!]!.first = i;
  }

  #read(): FunctionTable {
    const elf = this.#elf;
    const functions = new FunctionTable(elf.count);
    for (const at of elf.entries()) {
      const type = elf.type(at);
      if (type === STT_FILE) {
        const { text, next } = elf.stringAt(elf.nameOffset(at));
        this.#modules.push({ file: text, lines: next, first: -1 });
      } else if (type === STT_FUNC && elf.size(at) > 0) {
        if (this.#modules.length === 0) this.#modules.push({ file: '', lines: -1, first: -1 });
        const module = this.#modules.length - 1;
        functions.add(elf.valueHigh(at), elf.valueLow(at), elf.size(at), elf.nameOffset(at), module);
      }
    }
    return functions;
  }

  #stringAt(offset: number): string {
    return this.#elf.hasString(offset) ? this.#elf.stringAt(offset).text : '';
  }

  /** Files as they were loaded, in the order of the table, with the text of their line tables; it may be empty. */
  modules(): { file: string; lines: string }[] {
    return this.#modules.map(({ file, lines }) => ({ file, lines: this.#stringAt(lines) }));
  }

  /** The functions, by address. */
  functions(): FunctionRange[] {
    const { high, low, size, module, length } = this.#functions;
    return Array.from({ length }, (_, i) => ({
      symbol: this.#name(i),
      address: (BigInt(high[i]!) << 32n) | BigInt(low[i]!),
      size: size[i]!,
      file: this.#modules[module[i]!]!.file,
      module: module[i]!,
    }));
  }

  /**
   * @param pc an address, 64 bits
   * @returns undefined where no function has it
   * @throws {ElfError} where the line table that it needs is broken
   */
  lookup(pc: bigint): Frame | undefined {
    if (BigInt.asUintN(64, pc) !== pc) return undefined;
    return this.lookupHalves(Number(pc >> 32n), Number(pc & 0xffff_ffffn));
  }

  /**
   * The same of an address in two words.
   *
   * @param high bits 32 to 63
   * @param low bits 0 to 31
   */
  lookupHalves(high: number, low: number): Frame | undefined {
    const functions = this.#functions;
    const i = functions.find(high, low);
    if (i === -1) return undefined;
    const frame: Frame = { symbol: this.#name(i), offset: functions.distance(i, high, low) };
    const { file, lines, first } = this.#modules[functions.module[i]!]!;
    const place = this.#lines.lookup(lines, functions.distance(first, high, low), file);
    if (place !== null) {
      frame.file = place.file;
      frame.line = place.line;
      frame.column = place.column;
    }
    return frame;
  }

  #name(i: number): string {
    const name = this.#names[i] ?? this.#elf.stringAt(this.#functions.name[i]!).text;
    this.#names[i] = name;
    return name;
  }
}
