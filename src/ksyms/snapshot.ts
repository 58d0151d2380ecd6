import {
  EHDR,
  EHDR_SIZE,
  EI_CLASS,
  EI_DATA,
  EI_OSABI,
  EI_VERSION,
  ELF_ST_TYPE,
  ELFCLASS64,
  ELFDATA2LSB,
  ELFMAG,
  ELFOSABI_FREEBSD,
  EM_X86_64,
  ET_EXEC,
  EV_CURRENT,
  PF_R,
  PF_W,
  PF_X,
  PHDR,
  PHDR_SIZE,
  PT_LOAD,
  SHDR,
  SHDR_SIZE,
  SHT_STRTAB,
  SHT_SYMTAB,
  STT_FUNC,
  SYM,
  SYM_SIZE,
} from '../abi/elf.ts';
import { ERRNO } from '../abi/errno.ts';
import type { LinkerFile } from './linker.ts';

/** linker_file_foreach(9). */
export type ForEachFile = (fn: (file: LinkerFile) => number) => number;

/** @see freebsd-ksyms.c:56-65 */
const SHDR_SYMTAB = 1;
const SHDR_STRTAB = 2;
const SHDR_SHSTRTAB = 3;
const SHDR_NUM = 4;
const STR_SYMTAB = '.symtab';
const STR_STRTAB = '.strtab';
const STR_SHSTRTAB = '.shstrtab';
/** The literal's own NUL is in its size, behind the one that ends the last name. */
const SHSTRTAB = Buffer.from(`\0${STR_SYMTAB}\0${STR_STRTAB}\0${STR_SHSTRTAB}\0\0`);

/** `struct ksyms_hdr`, padded to the alignment of its members. @see freebsd-ksyms.c:102 */
const KH_TXTPHDR = EHDR_SIZE;
const KH_DATPHDR = KH_TXTPHDR + PHDR_SIZE;
const KH_SHDR = KH_DATPHDR + PHDR_SIZE;
const KH_SHSTRTAB = KH_SHDR + SHDR_NUM * SHDR_SIZE;
const KH_SIZE = Math.ceil((KH_SHSTRTAB + SHSTRTAB.length) / 8) * 8;

/** @see freebsd-ksyms.c:110 struct tsizes */
export interface TableSizes {
  ts_symsz: number;
  ts_strsz: number;
}

/** Bytes of a snapshot with tables of these sizes. */
export const snapshotSize = ({ ts_symsz, ts_strsz }: TableSizes): number => KH_SIZE + ts_symsz + ts_strsz;

/** @see freebsd-ksyms.c:149 ksyms_size_calc */
export function sizeCalc(forEach: ForEachFile): TableSizes {
  const sizes = { ts_symsz: 0, ts_strsz: 0 };
  forEach((file) => {
    const { symtab, strtab } = file.table();
    sizes.ts_symsz += symtab.length;
    sizes.ts_strsz += strtab.length;
    return 0;
  });
  return sizes;
}

/**
 * Writes one symbol table of all files into `area`.
 *
 * @returns 0, or ENXIO where the files are no longer those of which `sizes` tells
 * @see freebsd-ksyms.c:239 ksyms_snapshot
 */
export function ksymsSnapshot(sizes: TableSizes, area: Uint8Array, forEach: ForEachFile): number {
  if (KH_SIZE > area.length) return ERRNO.ENXIO;
  writeHeader(sizes, area);
  const symend = KH_SIZE + sizes.ts_symsz;
  const offsets = { symoff: KH_SIZE, symend, stroff: symend, stridx: 0, resid: area.length - KH_SIZE };
  const error = forEach((file) => add(file, area, offsets));
  if (offsets.resid !== 0) return ERRNO.ENXIO;
  return error;
}

/**
 * Beside what is left of the whole, each table's own end is kept: where one shrinks by what the other grows, the
 * original would let them run into each other.
 *
 * @see freebsd-ksyms.c:115 struct toffsets
 */
interface TableOffsets {
  symoff: number;
  symend: number;
  stroff: number;
  stridx: number;
  resid: number;
}

/** Adds a file's tables: names shifted behind those of the files before, values made absolute. @see freebsd-ksyms.c:170 ksyms_add */
function add(file: LinkerFile, area: Uint8Array, to: TableOffsets): number {
  const { symtab, strtab } = file.table();
  const symbols = symtab.slice();
  const view = new DataView(symbols.buffer);
  for (let at = 0; at < symbols.length; at += SYM_SIZE) {
    view.setUint32(at + SYM.st_name, view.getUint32(at + SYM.st_name, true) + to.stridx, true);
    // The file's own symbol has no place in the text.
    const inText = ELF_ST_TYPE(view.getUint8(at + SYM.st_info)) === STT_FUNC;
    if (file.id > 1 && inText)
      view.setBigUint64(at + SYM.st_value, view.getBigUint64(at + SYM.st_value, true) + file.address, true);
  }

  if (symbols.length > to.resid || to.symoff + symbols.length > to.symend) return ERRNO.ENXIO;
  to.resid -= symbols.length;
  area.set(symbols, to.symoff);
  to.symoff += symbols.length;

  if (strtab.length > to.resid || to.stroff + strtab.length > area.length) return ERRNO.ENXIO;
  to.resid -= strtab.length;
  area.set(strtab, to.stroff);
  to.stroff += strtab.length;
  to.stridx += strtab.length;
  return 0;
}

/** @see freebsd-ksyms.c:250-338 */
function writeHeader({ ts_symsz, ts_strsz }: TableSizes, area: Uint8Array): void {
  const view = new DataView(area.buffer, area.byteOffset, KH_SIZE);
  area.set(ELFMAG);
  view.setUint8(EI_CLASS, ELFCLASS64);
  view.setUint8(EI_DATA, ELFDATA2LSB);
  view.setUint8(EI_VERSION, EV_CURRENT);
  view.setUint8(EI_OSABI, ELFOSABI_FREEBSD);
  view.setUint16(EHDR.e_type, ET_EXEC, true);
  view.setUint16(EHDR.e_machine, EM_X86_64, true);
  view.setUint32(EHDR.e_version, EV_CURRENT, true);
  view.setBigUint64(EHDR.e_phoff, BigInt(KH_TXTPHDR), true);
  view.setBigUint64(EHDR.e_shoff, BigInt(KH_SHDR), true);
  view.setUint16(EHDR.e_ehsize, EHDR_SIZE, true);
  view.setUint16(EHDR.e_phentsize, PHDR_SIZE, true);
  view.setUint16(EHDR.e_phnum, 2, true);
  view.setUint16(EHDR.e_shentsize, SHDR_SIZE, true);
  view.setUint16(EHDR.e_shnum, SHDR_NUM, true);
  view.setUint16(EHDR.e_shstrndx, SHDR_SHSTRTAB, true);

  writeSegment(view, KH_TXTPHDR, PF_R | PF_X);
  writeSegment(view, KH_DATPHDR, PF_R | PF_W | PF_X);

  const [symtab, strtab, shstrtab] = [1, 1 + 8, 1 + 8 + 8];
  writeSection(view, SHDR_SYMTAB, {
    sh_name: symtab!,
    sh_type: SHT_SYMTAB,
    sh_offset: KH_SIZE,
    sh_size: ts_symsz,
    sh_link: SHDR_STRTAB,
    sh_info: ts_symsz / SYM_SIZE,
    sh_addralign: 8,
    sh_entsize: SYM_SIZE,
  });
  writeSection(view, SHDR_STRTAB, {
    sh_name: strtab!,
    sh_type: SHT_STRTAB,
    sh_offset: KH_SIZE + ts_symsz,
    sh_size: ts_strsz,
    sh_addralign: 1,
  });
  writeSection(view, SHDR_SHSTRTAB, {
    sh_name: shstrtab!,
    sh_type: SHT_STRTAB,
    sh_offset: KH_SHSTRTAB,
    sh_size: SHSTRTAB.length,
  });
  area.set(SHSTRTAB, KH_SHSTRTAB);
}

/** Address and size stay 0: the original does not know them either. */
function writeSegment(view: DataView, at: number, flags: number): void {
  view.setUint32(at + PHDR.p_type, PT_LOAD, true);
  view.setUint32(at + PHDR.p_flags, flags, true);
}

const NARROW = new Set(['sh_name', 'sh_type', 'sh_link', 'sh_info']);

function writeSection(
  view: DataView,
  index: number,
  fields: Partial<Record<keyof typeof SHDR, number>>,
): void {
  for (const [name, value] of Object.entries(fields)) {
    const at = KH_SHDR + index * SHDR_SIZE + SHDR[name as keyof typeof SHDR];
    if (NARROW.has(name)) view.setUint32(at, value, true);
    else view.setBigUint64(at, BigInt(value), true);
  }
}
