/**
 * Rewrites the dynamic tables of Jazzer.js's prebuilt Linux addon so that it loads on older systems.
 *
 * It was linked against glibc 2.38 and GCC 13, but nothing in it needs them: two functions are the C23 names of
 * functions that were always there, one is never called, and one exists under an older version as well. So the
 * symbols are pointed at their old names and the records of the needed versions at old versions. No byte of code
 * changes and the file keeps its size.
 */

/** The file is not the addon that these edits were made for. */
export class RelinkError extends Error {
  constructor(detail: string) {
    super(`cannot relink the fuzzer addon: ${detail}`);
    this.name = 'RelinkError';
  }
}

const ELF64_LE = 0x00010102464c457fn; // Magic, class 64, little endian, version 1, as one word without the OS byte.
const EHDR_SIZE = 64;
const E_MACHINE = 18;
const E_SHOFF = 40;
const E_SHNUM = 60;

const SHDR_SIZE = 64;
const SH_TYPE = 4;
const SH_OFFSET = 24;
const SH_SIZE = 32;
const SHT_DYNSYM = 11;
const SH_LINK = 40;
const SHT_GNU_VERNEED = 0x6ffffffe;
const SHT_GNU_VERSYM = 0x6fffffff;

const SYM_SIZE = 24;
const ST_NAME = 0;
const ST_INFO = 4;
const STB_WEAK = 2;

const VERNEED_SIZE = 16;
const VN_CNT = 2;
const VN_FILE = 4;
const VN_AUX = 8;
const VN_NEXT = 12;

const VERNAUX_SIZE = 16;
const VNA_HASH = 0;
const VNA_OTHER = 6;
const VNA_NAME = 8;
const VNA_NEXT = 12;

/** The oldest glibc of an architecture, by e_machine. */
const FIRST_GLIBC: Record<number, string> = { 62: 'GLIBC_2.2.5', 183: 'GLIBC_2.17' };

/** What to do with a symbol that wants a version which older systems lack. */
type Edit = { skip: number } | 'weak' | 'keep';

interface OldVersion {
  file: string;
  version: string;
  /** The version to want instead; null for the architecture's first glibc. */
  instead: string | null;
  symbols: Record<string, Edit>;
}

const OLD_VERSIONS: readonly OldVersion[] = [
  {
    file: 'libc.so.6',
    version: 'GLIBC_2.38',
    instead: null,
    // The old name is the tail of the new one, so it is in the string table already.
    symbols: {
      __isoc23_strtol: { skip: '__isoc23_'.length },
      __isoc23_strtoul: { skip: '__isoc23_'.length },
    },
  },
  {
    file: 'libstdc++.so.6',
    version: 'GLIBCXX_3.4.32',
    instead: 'GLIBCXX_3.4',
    // A mark that says which library initializes iostreams; nobody calls it.
    symbols: { _ZSt21ios_base_library_initv: 'weak' },
  },
  {
    file: 'libstdc++.so.6',
    version: 'GLIBCXX_3.4.30',
    instead: 'GLIBCXX_3.4.11',
    // condition_variable::wait lost its `noexcept`, which gave it a second version beside the first.
    symbols: { _ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE: 'keep' },
  },
];

interface Section {
  offset: number;
  size: number;
  link: number;
}

interface Version {
  file: string;
  name: string;
  /** Where its Elf64_Vernaux stands. */
  offset: number;
}

/**
 * @param elf the prebuilt addon of linux-x64 or linux-arm64
 * @returns an edited copy of the same size
 * @throws {RelinkError} if the file is not one, or wants something that is not known here
 */
export function relink(elf: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(elf);
  const image = new Image(copy);
  const versions = image.versions();
  for (const old of OLD_VERSIONS) replaceVersion(image, versions, old);
  return copy;
}

function replaceVersion(image: Image, versions: Map<number, Version>, old: OldVersion): void {
  const instead = old.instead ?? FIRST_GLIBC[image.machine]!;
  const find = (name: string) => [...versions].find(([, it]) => it.file === old.file && it.name === name);
  const [index, wanted] = find(old.version) ?? [];
  if (index === undefined || wanted === undefined) throw new RelinkError(`it does not need ${old.version}`);
  const [, present] = find(instead) ?? [];
  if (present === undefined) throw new RelinkError(`it does not name ${instead}`);
  image.copyVersion(present, wanted);
  for (const symbol of image.symbolsOf(index)) {
    const edit = old.symbols[symbol.name];
    if (edit === undefined) throw new RelinkError(`${symbol.name} needs ${old.version}`);
    image.edit(symbol.offset, edit);
  }
}

/** The tables that are edited, in place. Every offset is checked, so that a wrong file is an error of ours. */
class Image {
  readonly machine: number;
  readonly #view: DataView;
  readonly #symbols: Section;
  readonly #strings: Section;
  readonly #versionOf: Section;
  readonly #needed: Section;

  constructor(elf: Uint8Array) {
    this.#view = new DataView(elf.buffer, elf.byteOffset, elf.byteLength);
    if (elf.byteLength < EHDR_SIZE || (this.#view.getBigUint64(0, true) & 0x00ffffffffffffffn) !== ELF64_LE)
      throw new RelinkError('it is not a 64-bit little-endian ELF file');
    this.machine = this.#u16(E_MACHINE);
    if (FIRST_GLIBC[this.machine] === undefined)
      throw new RelinkError(`machine ${this.machine} is not known`);
    const sections = this.#sections();
    const only = (type: number, what: string): Section => {
      const found = sections.find((section) => section.type === type);
      if (found === undefined) throw new RelinkError(`it has no ${what}`);
      return found;
    };
    const symbols = only(SHT_DYNSYM, 'dynamic symbols');
    const strings = sections[symbols.link];
    if (strings === undefined) throw new RelinkError('its dynamic symbols have no names');
    this.#symbols = symbols;
    this.#strings = strings;
    this.#versionOf = only(SHT_GNU_VERSYM, 'symbol versions');
    this.#needed = only(SHT_GNU_VERNEED, 'needed versions');
  }

  #sections(): (Section & { type: number })[] {
    const start = Number(this.#u64(E_SHOFF));
    return Array.from({ length: this.#u16(E_SHNUM) }, (_, i) => {
      const at = start + i * SHDR_SIZE;
      const [offset, size] = [Number(this.#u64(at + SH_OFFSET)), Number(this.#u64(at + SH_SIZE))];
      return { type: this.#u32(at + SH_TYPE), offset, size, link: this.#u32(at + SH_LINK) };
    });
  }

  /** Needed versions by the index that symbols know them under. */
  versions(): Map<number, Version> {
    const found = new Map<number, Version>();
    const end = this.#needed.offset + this.#needed.size;
    for (let need = this.#needed.offset, next = -1; next !== 0 && need + VERNEED_SIZE <= end; need += next) {
      const file = this.#string(this.#u32(need + VN_FILE));
      let aux = need + this.#u32(need + VN_AUX);
      for (let i = this.#u16(need + VN_CNT); i > 0 && aux + VERNAUX_SIZE <= end; i--) {
        found.set(this.#u16(aux + VNA_OTHER), {
          file,
          name: this.#string(this.#u32(aux + VNA_NAME)),
          offset: aux,
        });
        aux += this.#u32(aux + VNA_NEXT);
      }
      next = this.#u32(need + VN_NEXT);
    }
    return found;
  }

  /** Makes the record `to` say what `from` says, keeping its own index. */
  copyVersion(from: Version, to: Version): void {
    for (const field of [VNA_HASH, VNA_NAME])
      this.#view.setUint32(to.offset + field, this.#u32(from.offset + field), true);
  }

  *symbolsOf(version: number): Generator<{ name: string; offset: number }> {
    for (let i = 0; i < Math.floor(this.#symbols.size / SYM_SIZE); i++) {
      if (this.#u16(this.#versionOf.offset + 2 * i) !== version) continue;
      const offset = this.#symbols.offset + i * SYM_SIZE;
      yield { name: this.#string(this.#u32(offset + ST_NAME)), offset };
    }
  }

  edit(symbol: number, edit: Edit): void {
    if (edit === 'weak')
      this.#view.setUint8(symbol + ST_INFO, (STB_WEAK << 4) | (this.#u8(symbol + ST_INFO) & 0xf));
    else if (edit !== 'keep')
      this.#view.setUint32(symbol + ST_NAME, this.#u32(symbol + ST_NAME) + edit.skip, true);
  }

  #string(at: number): string {
    let name = '';
    for (let i = this.#strings.offset + at, code = this.#u8(i); code !== 0; code = this.#u8(++i))
      name += String.fromCharCode(code);
    return name;
  }

  #in(at: number, bytes: number): number {
    if (!(at >= 0 && at + bytes <= this.#view.byteLength)) throw new RelinkError('it is cut short');
    return at;
  }

  #u8 = (at: number): number => this.#view.getUint8(this.#in(at, 1));
  #u16 = (at: number): number => this.#view.getUint16(this.#in(at, 2), true);
  #u32 = (at: number): number => this.#view.getUint32(this.#in(at, 4), true);
  #u64 = (at: number): bigint => this.#view.getBigUint64(this.#in(at, 8), true);
}
