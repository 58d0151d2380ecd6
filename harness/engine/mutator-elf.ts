import {
  DT,
  DYN_SIZE,
  EHDR_SIZE,
  ELF_ST_INFO,
  ELFCLASS64,
  ELFDATA2LSB,
  ELFMAG,
  ET_DYN,
  EV_CURRENT,
  PF_R,
  PF_W,
  PF_X,
  PHDR_SIZE,
  PT_DYNAMIC,
  PT_GNU_STACK,
  PT_LOAD,
  RELA_SIZE,
  SHDR_SIZE,
  SHF_ALLOC,
  SHF_EXECINSTR,
  SHF_WRITE,
  SHT_DYNAMIC,
  SHT_DYNSYM,
  SHT_HASH,
  SHT_NOBITS,
  SHT_PROGBITS,
  SHT_RELA,
  SHT_STRTAB,
  STB_GLOBAL,
  STT_FUNC,
  STT_NOTYPE,
  SYM_SIZE,
} from '../../src/abi/elf.ts';
import type { Instruction, Machine } from './mutator-code.ts';

/**
 * A shared object with our mutator, as a linker would make it: code and tables in a segment that is read and run, the
 * dynamic section and the box in one that is written. Nothing is both.
 */

/** Segments lie this far apart: the largest page that a kernel may have. */
const PAGE = 1 << 16;

/** Where the box is, on a page of its own. */
const BOX = 2 * PAGE;

const IMPORT = 'napi_create_external_arraybuffer';

const u16 = (...values: number[]): Buffer => Buffer.from(Uint16Array.from(values).buffer);
const u32 = (...values: number[]): Buffer => Buffer.from(Uint32Array.from(values).buffer);
const u64 = (...values: number[]): Buffer => Buffer.from(BigUint64Array.from(values, BigInt).buffer);
const join = Buffer.concat;

interface Section {
  name: string;
  type: number;
  flags: number;
  /** Its content, or how long it is where the file has none. */
  bytes: Buffer | number;
  align: number;
  link?: string;
  info?: number;
  entsize?: number;
}

interface Placed extends Section {
  offset: number;
  address: number;
  size: number;
}

type Places = ReadonlyMap<string, Placed>;

/** @param boxSize bytes */
export function mutatorElf(machine: Machine, boxSize: number): Uint8Array {
  // What a section holds depends on where all of them are, and that depends on how large they are.
  const sizes = place(sections(machine, boxSize, new Map()));
  return write(machine, place(sections(machine, boxSize, sizes)));
}

/** The sections, in the order of the file, with addresses in them that hold for `places`. */
function sections(machine: Machine, boxSize: number, places: Places): Section[] {
  const [A, X, W] = [SHF_ALLOC, SHF_EXECINSTR, SHF_WRITE];
  const address = (name: string): number => places.get(name)?.address ?? 0;
  const size = (name: string): number => places.get(name)?.size ?? 0;
  const text = address('.text');
  const code = machine.listing({ text, box: BOX, got: address('.got'), boxSize });
  const names = strings([IMPORT, ...Object.keys(code)]);
  const functions = Object.entries(code).map(([name, listing]) => ({ name, bytes: bytesOf(listing) }));
  const index = [...places.keys()].indexOf('.text');
  let next = text;
  const symbols = functions.map(({ name, bytes }) => {
    const symbol = symbolOf(names.offset(name), STT_FUNC, index, next, bytes.length);
    next += bytes.length;
    return symbol;
  });
  const count = 2 + symbols.length;
  const dynamic = [
    [DT.DT_HASH, address('.hash')],
    [DT.DT_STRTAB, address('.dynstr')],
    [DT.DT_SYMTAB, address('.dynsym')],
    [DT.DT_STRSZ, size('.dynstr')],
    [DT.DT_SYMENT, SYM_SIZE],
    [DT.DT_RELA, address('.rela.dyn')],
    [DT.DT_RELASZ, RELA_SIZE],
    [DT.DT_RELAENT, RELA_SIZE],
    [DT.DT_NULL, 0],
  ] as const;
  const table: Section[] = [
    { name: '', type: 0, flags: 0, bytes: 0, align: 0 },
    // One bucket: the first symbol, and behind each the next.
    {
      name: '.hash',
      type: SHT_HASH,
      flags: A,
      bytes: u32(1, count, 1, 0, ...symbols.map((_, i) => i + 2), 0),
      align: 8,
      link: '.dynsym',
      entsize: 4,
    },
    {
      name: '.dynsym',
      type: SHT_DYNSYM,
      flags: A,
      bytes: join([Buffer.alloc(SYM_SIZE), symbolOf(names.offset(IMPORT), STT_NOTYPE, 0, 0, 0), ...symbols]),
      align: 8,
      link: '.dynstr',
      info: 1,
      entsize: SYM_SIZE,
    },
    { name: '.dynstr', type: SHT_STRTAB, flags: A, bytes: names.bytes, align: 1 },
    {
      name: '.rela.dyn',
      type: SHT_RELA,
      flags: A,
      // Into the word of .got goes the address of symbol 1.
      bytes: join([u64(address('.got')), u32(machine.globDat, 1), u64(0)]),
      align: 8,
      link: '.dynsym',
      entsize: RELA_SIZE,
    },
    {
      name: '.text',
      type: SHT_PROGBITS,
      flags: A | X,
      bytes: join(functions.map(({ bytes }) => bytes)),
      align: 16,
    },
    {
      name: '.dynamic',
      type: SHT_DYNAMIC,
      flags: A | W,
      bytes: u64(...dynamic.flat()),
      align: 8,
      link: '.dynstr',
      entsize: DYN_SIZE,
    },
    { name: '.got', type: SHT_PROGBITS, flags: A | W, bytes: u64(0), align: 8, entsize: 8 },
    { name: '.bss', type: SHT_NOBITS, flags: A | W, bytes: boxSize, align: PAGE },
  ];
  const headers = strings([...table.map(({ name }) => name), '.shstrtab']);
  return [...table, { name: '.shstrtab', type: SHT_STRTAB, flags: 0, bytes: headers.bytes, align: 1 }];
}

const bytesOf = (listing: readonly Instruction[]): Buffer =>
  Buffer.from(listing.flatMap(({ bytes }) => bytes));

const symbolOf = (name: number, type: number, section: number, value: number, size: number): Buffer =>
  join([u32(name), Buffer.of(ELF_ST_INFO(STB_GLOBAL, type), 0), u16(section), u64(value, size)]);

/** A string table. */
function strings(names: readonly string[]) {
  const bytes = Buffer.from(`\0${names.filter((name) => name !== '').join('\0')}\0`);
  const offset = (name: string): number => (name === '' ? 0 : bytes.indexOf(`\0${name}\0`) + 1);
  return { bytes, offset };
}

/** Addresses are offsets, in the next page for what is written; the box has a page of its own. */
function place(sections: readonly Section[]): Places {
  let end = EHDR_SIZE + SEGMENTS * PHDR_SIZE;
  const placed = sections.map((section): Placed => {
    const { type, flags, bytes, align } = section;
    if (type === 0) return { ...section, offset: 0, address: 0, size: 0 };
    if (typeof bytes === 'number') return { ...section, offset: end, address: BOX, size: bytes };
    const offset = Math.ceil(end / align) * align;
    end = offset + bytes.length;
    const address = flags & SHF_WRITE ? offset + PAGE : flags & SHF_ALLOC ? offset : 0;
    return { ...section, offset, address, size: bytes.length };
  });
  return new Map(placed.map((section) => [section.name, section]));
}

const SEGMENTS = 4;

function write({ machine }: Machine, places: Places): Uint8Array {
  const all = [...places.values()];
  const at = (name: string): Placed => places.get(name)!;
  const [text, dynamic, got, bss] = [at('.text'), at('.dynamic'), at('.got'), at('.bss')];
  const readOnly = text.offset + text.size;
  const segments = [
    segment(PT_LOAD, PF_R | PF_X, 0, 0, readOnly, readOnly, PAGE),
    segment(
      PT_LOAD,
      PF_R | PF_W,
      dynamic.offset,
      dynamic.address,
      got.offset + got.size - dynamic.offset,
      bss.address + bss.size - dynamic.address,
      PAGE,
    ),
    segment(PT_DYNAMIC, PF_R | PF_W, dynamic.offset, dynamic.address, dynamic.size, dynamic.size, 8),
    segment(PT_GNU_STACK, PF_R | PF_W, 0, 0, 0, 0, 16),
  ];
  const last = all.at(-1)!;
  const headers = Math.ceil((last.offset + last.size) / 8) * 8;
  const file = Buffer.alloc(headers + all.length * SHDR_SIZE);
  const ehdr = join([
    Buffer.from([...ELFMAG, ELFCLASS64, ELFDATA2LSB, EV_CURRENT, ...Array(9).fill(0)]),
    u16(ET_DYN, machine),
    u32(EV_CURRENT),
    u64(0, EHDR_SIZE, headers),
    u32(0),
    u16(EHDR_SIZE, PHDR_SIZE, segments.length, SHDR_SIZE, all.length, all.length - 1),
  ]);
  join([ehdr, ...segments]).copy(file);
  for (const { bytes, offset } of all) if (typeof bytes !== 'number') bytes.copy(file, offset);
  const index = [...places.keys()];
  const names = strings(index);
  all.forEach((one, i) => {
    const link = one.link === undefined ? 0 : index.indexOf(one.link);
    join([
      u32(names.offset(one.name), one.type),
      u64(one.flags, one.address, one.offset, one.size),
      u32(link, one.info ?? 0),
      u64(one.align, one.entsize ?? 0),
    ]).copy(file, headers + i * SHDR_SIZE);
  });
  return file;
}

const segment = (
  type: number,
  flags: number,
  offset: number,
  address: number,
  fileSize: number,
  memorySize: number,
  align: number,
): Buffer => join([u32(type, flags), u64(offset, address, address, fileSize, memorySize, align)]);
