import {
  EHDR_SIZE,
  ELF_ST_INFO,
  ELFCLASS64,
  ELFDATA2LSB,
  ELFMAG,
  EM_X86_64,
  ET_EXEC,
  EV_CURRENT,
  PF_R,
  PF_X,
  PHDR_SIZE,
  PT_LOAD,
  SHDR_SIZE,
  SHF_ALLOC,
  SHF_EXECINSTR,
  SHF_MERGE,
  SHF_STRINGS,
  SHN_ABS,
  SHT_PROGBITS,
  SHT_STRTAB,
  SHT_SYMTAB,
  STB_LOCAL,
  STT_FILE,
  STT_FUNC,
  SYM_SIZE,
} from '../../src/abi/elf.ts';
import { MODULE_ALIGN } from '../../src/abi/text.ts';
import type { FunctionRange } from '../symbolize/symbolizer.ts';
import { ByteWriter } from './bytes.ts';
import { machineCode } from './machine-code.ts';

/** Functions of one file whose text is in one piece. */
export interface TextModule {
  /** The snapshot's module that it is of, or a part of: text of two can overlap. */
  module: number;
  file: string;
  address: bigint;
  /** Bytes. */
  size: number;
  /** By address, without gaps. */
  functions: FunctionRange[];
}

interface Section {
  name: string;
  type: number;
  flags?: number;
  address?: bigint;
  bytes: Uint8Array;
  link?: number;
  info?: number;
  align: number;
  entsize?: number;
}

/** A file that was loaded, and its line table as the snapshot has it. */
export interface LoadedModule {
  file: string;
  lines: string;
}

/**
 * An executable with a section and a segment of text for each module, their symbols, and the sections of debugging
 * information that are given.
 */
export function elfFile(
  modules: readonly TextModule[],
  loaded: readonly LoadedModule[],
  debug: readonly [name: string, bytes: Uint8Array][],
): Uint8Array {
  const { symtab, strtab } = symbols(modules, loaded);
  const sections: Section[] = [...modules.map(textSection), ...debug.map(debugSection)];
  sections.push(
    {
      name: '.symtab',
      type: SHT_SYMTAB,
      bytes: symtab,
      link: sections.length + 2,
      info: symtab.length / SYM_SIZE,
      align: 8,
      entsize: SYM_SIZE,
    },
    { name: '.strtab', type: SHT_STRTAB, bytes: strtab, align: 1 },
  );
  return write(sections, modules.length);
}

/** They come first, so that the section of module i is i + 1, behind the null section. */
const textSection = (module: TextModule, i: number): Section => ({
  name: i === 0 ? '.text' : `.text.${i}`,
  type: SHT_PROGBITS,
  flags: SHF_ALLOC | SHF_EXECINSTR,
  address: module.address,
  bytes: machineCode(module.address, module.size),
  align: MODULE_ALIGN,
});

const debugSection = ([name, bytes]: [string, Uint8Array]): Section =>
  name === '.debug_str'
    ? { name, type: SHT_PROGBITS, flags: SHF_MERGE | SHF_STRINGS, bytes, align: 1, entsize: 1 }
    : { name, type: SHT_PROGBITS, bytes, align: 1 };

/** The line table of a file stands behind its name, as in a snapshot: a string that no symbol has. */
function symbols(
  modules: readonly TextModule[],
  loaded: readonly LoadedModule[],
): { symtab: Uint8Array; strtab: Uint8Array } {
  const symtab = new ByteWriter().bytes(new Uint8Array(SYM_SIZE));
  const strtab = new ByteWriter().u8(0);
  const add = (name: string, type: number, section: number, value: bigint, size: number): void => {
    symtab.u32(strtab.length).u8(ELF_ST_INFO(STB_LOCAL, type), 0).u16(section).u64(value).u64(size);
    strtab.string(name);
  };
  const pieces = loaded.map((): [TextModule, section: number][] => []);
  modules.forEach((text, i) => {
    pieces[text.module]!.push([text, i + 1]);
  });
  loaded.forEach(({ file, lines }, module) => {
    add(file, STT_FILE, SHN_ABS, 0n, 0);
    // Behind the name of a file without lines stands whatever comes next.
    strtab.string(lines.startsWith('{') ? lines : '');
    for (const [{ functions }, section] of pieces[module]!)
      for (const one of functions) add(one.symbol, STT_FUNC, section, one.address, one.size);
  });
  return { symtab: symtab.finish(), strtab: strtab.finish() };
}

/** @param segments how many sections, of the first, are loaded */
function write(sections: readonly Section[], segments: number): Uint8Array {
  const names = new ByteWriter().u8(0);
  const nameOffsets = [...sections.map(({ name }) => name), '.shstrtab'].map((name) => {
    const at = names.length;
    names.string(name);
    return at;
  });
  const all: Section[] = [
    ...sections,
    { name: '.shstrtab', type: SHT_STRTAB, bytes: names.finish(), align: 1 },
  ];

  const body = new ByteWriter().bytes(new Uint8Array(EHDR_SIZE + segments * PHDR_SIZE));
  const sectionHeaders = new ByteWriter().bytes(new Uint8Array(SHDR_SIZE));
  const programHeaders = new ByteWriter();
  all.forEach((section, i) => {
    const { type, flags = 0, address = 0n, bytes, link = 0, info = 0, align, entsize = 0 } = section;
    body.align(align);
    const at = body.length;
    sectionHeaders.u32(nameOffsets[i]!).u32(type).u64(flags).u64(address).u64(at).u64(bytes.length);
    sectionHeaders.u32(link).u32(info).u64(align).u64(entsize);
    if (i < segments) {
      programHeaders
        .u32(PT_LOAD)
        .u32(PF_R | PF_X)
        .u64(at)
        .u64(address)
        .u64(address);
      programHeaders.u64(bytes.length).u64(bytes.length).u64(align);
    }
    body.bytes(bytes);
  });
  body.align(8);
  const shoff = body.length;
  const file = body.bytes(sectionHeaders.finish()).finish();
  file.set(header(shoff, all.length, segments));
  file.set(programHeaders.finish(), EHDR_SIZE);
  return file;
}

function header(shoff: number, sections: number, segments: number): Uint8Array {
  const out = new ByteWriter();
  // No ABI is named, since that of FreeBSD is unknown to a gdb that is built for Linux alone.
  out.u8(...ELFMAG, ELFCLASS64, ELFDATA2LSB, EV_CURRENT).bytes(new Uint8Array(9));
  out.u16(ET_EXEC).u16(EM_X86_64).u32(EV_CURRENT).u64(0).u64(EHDR_SIZE).u64(shoff).u32(0);
  out
    .u16(EHDR_SIZE)
    .u16(PHDR_SIZE)
    .u16(segments)
    .u16(SHDR_SIZE)
    .u16(sections + 1)
    .u16(sections);
  return out.finish();
}
