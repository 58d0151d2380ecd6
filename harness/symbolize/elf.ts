import {
  EHDR,
  EHDR_SIZE,
  EI_CLASS,
  EI_DATA,
  ELF_ST_TYPE,
  ELFCLASS64,
  ELFDATA2LSB,
  ELFMAG,
  SHDR,
  SHDR_SIZE,
  SHT_STRTAB,
  SHT_SYMTAB,
  SYM,
  SYM_SIZE,
} from '../../src/abi/elf.ts';

/** Linkers let symbols share a name's bytes, but not without bound: a small file must not unfold into a large one. */
const NAMES_PER_BYTE = 16;

/** The bytes are no ELF file that can be read, and why. */
export class ElfError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ElfError';
  }
}

export interface ElfSymbol {
  name: string;
  /** STT_FUNC, STT_FILE, … */
  type: number;
  value: bigint;
  size: bigint;
  /** Where the name begins in the string table. */
  nameOffset: number;
}

interface Section {
  type: number;
  offset: number;
  size: number;
  link: number;
  entsize: number;
}

/**
 * The symbol table of an ELF64 file, little endian, and the strings beside it. Believes nothing: every offset is
 * checked against the bytes that are there.
 */
export class ElfSymbols {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  readonly #symtab: Section;
  readonly #strtab: Section;

  /**
   * @param table which of its symbol tables: SHT_SYMTAB or SHT_DYNSYM
   * @throws {ElfError}
   */
  constructor(bytes: Uint8Array, table = SHT_SYMTAB) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#checkHeader();
    const sections = this.#sections();
    const symtab = sections.find(({ type }) => type === table);
    if (symtab === undefined) throw new ElfError('it has no symbol table');
    if (symtab.entsize !== SYM_SIZE || symtab.size % SYM_SIZE !== 0)
      throw new ElfError('its symbol table is no table of Elf64_Sym');
    const strtab = sections[symtab.link];
    if (strtab?.type !== SHT_STRTAB) throw new ElfError('its symbol table names no string table');
    this.#within(symtab.offset, symtab.size, 'symbol table');
    this.#within(strtab.offset, strtab.size, 'string table');
    this.#symtab = symtab;
    this.#strtab = strtab;
  }

  #checkHeader(): void {
    const bytes = this.#bytes;
    if (bytes.length < EHDR_SIZE || ELFMAG.some((byte, i) => bytes[i] !== byte))
      throw new ElfError('it is no ELF file');
    if (bytes[EI_CLASS] !== ELFCLASS64 || bytes[EI_DATA] !== ELFDATA2LSB)
      throw new ElfError('it is no ELF file of 64 bits, little endian');
  }

  #sections(): Section[] {
    const count = this.#view.getUint16(EHDR.e_shnum, true);
    if (this.#view.getUint16(EHDR.e_shentsize, true) !== SHDR_SIZE)
      throw new ElfError('its section headers have another size');
    const start = this.#within(this.#offset(EHDR.e_shoff), count * SHDR_SIZE, 'section headers');
    return Array.from({ length: count }, (_, i) => this.#section(start + i * SHDR_SIZE));
  }

  #section(at: number): Section {
    return {
      type: this.#view.getUint32(at + SHDR.sh_type, true),
      offset: this.#offset(at + SHDR.sh_offset),
      size: this.#offset(at + SHDR.sh_size),
      link: this.#view.getUint32(at + SHDR.sh_link, true),
      entsize: this.#offset(at + SHDR.sh_entsize),
    };
  }

  /** A 64-bit word that must make sense as an offset into memory. */
  #offset(at: number): number {
    const value = this.#view.getBigUint64(at, true);
    return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(value);
  }

  #within(start: number, length: number, what: string): number {
    if (start + length > this.#bytes.length) throw new ElfError(`its ${what} reach beyond its end`);
    return start;
  }

  /** Every symbol, in the order of the table. @throws {ElfError} */
  *symbols(): Generator<ElfSymbol> {
    for (const at of this.entries()) {
      const nameOffset = this.nameOffset(at);
      yield {
        name: this.stringAt(nameOffset).text,
        type: this.type(at),
        value: this.#view.getBigUint64(at + SYM.st_value, true),
        size: this.#view.getBigUint64(at + SYM.st_size, true),
        nameOffset,
      };
    }
  }

  /** How many symbols there are. */
  get count(): number {
    return this.#symtab.size / SYM_SIZE;
  }

  /** Where each symbol stands in the file: what the methods below are given. @throws {ElfError} where names make no sense */
  *entries(): Generator<number> {
    const { offset, size } = this.#symtab;
    let room = this.#bytes.length * NAMES_PER_BYTE;
    for (let at = offset; at < offset + size; at += SYM_SIZE) {
      const nameOffset = this.nameOffset(at);
      room -= this.#endOf(nameOffset) - nameOffset;
      if (room < 0) throw new ElfError('its names are longer than it could hold');
      yield at;
    }
  }

  type(at: number): number {
    return ELF_ST_TYPE(this.#view.getUint8(at + SYM.st_info));
  }

  nameOffset(at: number): number {
    return this.#view.getUint32(at + SYM.st_name, true);
  }

  valueLow(at: number): number {
    return this.#view.getUint32(at + SYM.st_value, true);
  }

  valueHigh(at: number): number {
    return this.#view.getUint32(at + SYM.st_value + 4, true);
  }

  /** Exact below 2^53. */
  size(at: number): number {
    const high = this.#view.getUint32(at + SYM.st_size + 4, true);
    return high * 2 ** 32 + this.#view.getUint32(at + SYM.st_size, true);
  }

  /** Whether an offset lies in the string table. */
  hasString(nameOffset: number): boolean {
    return nameOffset >= 0 && nameOffset < this.#strtab.size;
  }

  /** The string at an offset of the string table, and where the one behind it begins. @throws {ElfError} */
  stringAt(nameOffset: number): { text: string; next: number } {
    const end = this.#endOf(nameOffset);
    const { offset } = this.#strtab;
    const text = utf8.decode(this.#bytes.subarray(offset + nameOffset, offset + end));
    return { text, next: end + 1 };
  }

  /** Where the NUL of a string stands in the string table. */
  #endOf(nameOffset: number): number {
    const { offset, size } = this.#strtab;
    const end = this.hasString(nameOffset) ? this.#bytes.indexOf(0, offset + nameOffset) : -1;
    if (end === -1 || end >= offset + size) throw new ElfError('a name reaches beyond its string table');
    return end - offset;
  }
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
