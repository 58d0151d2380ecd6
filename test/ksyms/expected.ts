/**
 * The bytes of a snapshot, composed a second time from FreeBSD's ksyms.c alone: field by field in the order of C's
 * structures, where the device writes at offsets. Nothing here is imported from the code under test.
 */

export interface LoadedFile {
  filename: string;
  /** Where its text lies. */
  address: bigint;
  symbols: { name: string; offset: number; size: number }[];
  /** Its line table, the one string that is not in the original's tables. */
  lines: string;
}

const bytes = (value: bigint | number, length: number): number[] =>
  Array.from({ length }, (_, i) => Number((BigInt(value) >> BigInt(8 * i)) & 0xffn));
const half = (value: number): number[] => bytes(value, 2);
const word = (value: number): number[] => bytes(value, 4);
const xword = (value: bigint | number): number[] => bytes(value, 8);
const asciz = (text: string): number[] => [...new TextEncoder().encode(text.replaceAll('\0', '\u2400')), 0];

/** sizeof, on amd64. */
const [EHDR, PHDR, SHDR, SYM] = [64, 56, 64, 24];

/** Elf64_Sym, with st_name as it is in its file's own table. */
interface Symbol {
  st_name: number;
  st_info: number;
  st_shndx: number;
  st_value: bigint;
  st_size: number;
}

interface Tables {
  symtab: Symbol[];
  strtab: number[];
}

const SHN_ABS = 0xfff1;
const [STT_FUNC, STT_FILE] = [2, 4];

/** LINKER_SYMTAB_GET and LINKER_STRTAB_GET of a file that is not the kernel: values from its own start. */
function tablesOf({ filename, symbols, lines }: LoadedFile): Tables {
  const strtab = [0, ...asciz(filename), ...asciz(lines)];
  const symtab = [{ st_name: 1, st_info: STT_FILE, st_shndx: SHN_ABS, st_value: 0n, st_size: 0 }];
  for (const { name, offset, size } of symbols) {
    symtab.push({
      st_name: strtab.length,
      st_info: STT_FUNC,
      st_shndx: SHN_ABS,
      st_value: BigInt(offset),
      st_size: size,
    });
    for (const byte of asciz(name)) strtab.push(byte);
  }
  return { symtab, strtab };
}

/** The kernel's tables begin with the null symbol, and its values are addresses from the start. */
function kernelTables(kernel: LoadedFile): Tables {
  const { symtab, strtab } = tablesOf(kernel);
  const linked = symtab.map((symbol) =>
    symbol.st_info === STT_FUNC ? { ...symbol, st_value: kernel.address + symbol.st_value } : symbol,
  );
  return {
    symtab: [{ st_name: 0, st_info: 0, st_shndx: 0, st_value: 0n, st_size: 0 }, ...linked],
    strtab,
  };
}

/** @param files the kernel, then the modules in the order of loading */
export function expectedSnapshot([kernel, ...modules]: readonly LoadedFile[]): Uint8Array {
  const files = [kernelTables(kernel!), ...modules.map(tablesOf)];

  // ksyms.c:139, 140: the totals.
  const symsz = files.reduce((total, { symtab }) => total + symtab.length * SYM, 0);
  const strsz = files.reduce((total, { strtab }) => total + strtab.length, 0);

  // ksyms.c:170-232: each file's symbols and strings behind those of the files before.
  const symbols: number[] = [];
  const strings: number[] = [];
  files.forEach(({ symtab, strtab }, file) => {
    const stridx = strings.length;
    for (const { st_name, st_info, st_shndx, st_value, st_size } of symtab) {
      const absolute = file > 0 && st_info === STT_FUNC;
      const value = absolute ? modules[file - 1]!.address + st_value : st_value;
      for (const byte of [
        ...word(st_name + stridx),
        st_info,
        0, // st_other
        ...half(st_shndx),
        ...xword(value),
        ...xword(st_size),
      ])
        symbols.push(byte);
    }
    for (const byte of strtab) strings.push(byte);
  });
  return Uint8Array.from([...header(symsz, strsz), ...symbols, ...strings]);
}

/** struct ksyms_hdr, ksyms.c:102. */
function header(symsz: number, strsz: number): number[] {
  // ksyms.c:100: a string literal, which has a NUL more than it shows.
  const shstrtab = [...Buffer.from('\0.symtab\0.strtab\0.shstrtab\0'), 0];
  const kh_txtphdr = EHDR;
  const kh_shdr = kh_txtphdr + 2 * PHDR;
  const kh_shstrtab = kh_shdr + 4 * SHDR;
  let size = kh_shstrtab + shstrtab.length;
  while (size % 8 !== 0) size++;

  const ehdr = [
    ...[0x7f, 0x45, 0x4c, 0x46], // ksyms.c:254-257
    2, // ksyms.c:260, ELFCLASS64
    1, // ksyms.c:258, ELFDATA2LSB
    1, // ksyms.c:261, EV_CURRENT
    9, // ksyms.c:259, ELFOSABI_FREEBSD
    ...[0, 0, 0, 0, 0, 0, 0, 0], // ksyms.c:253, 262: ABI version and padding
    ...half(2), // ksyms.c:263, ET_EXEC
    ...half(62), // ksyms.c:264, EM_X86_64
    ...word(1), // ksyms.c:265
    ...xword(0), // ksyms.c:266
    ...xword(kh_txtphdr), // ksyms.c:267
    ...xword(kh_shdr), // ksyms.c:268
    ...word(0), // ksyms.c:269
    ...half(EHDR), // ksyms.c:270
    ...half(PHDR), // ksyms.c:271
    ...half(2), // ksyms.c:272
    ...half(SHDR), // ksyms.c:273
    ...half(4), // ksyms.c:274
    ...half(3), // ksyms.c:275
  ];
  const [PF_X, PF_W, PF_R] = [1, 2, 4];
  const phdrs = [
    ...phdr(PF_R | PF_X), // ksyms.c:280-284
    ...phdr(PF_R | PF_W | PF_X), // ksyms.c:286-290
  ];
  const [SHT_SYMTAB, SHT_STRTAB] = [2, 3];
  const shdrs = [
    ...shdr(0, 0, 0, 0, 0, 0, 0, 0), // ksyms.c:296
    ...shdr(1, SHT_SYMTAB, size, symsz, 2, symsz / SYM, 8, SYM), // ksyms.c:299-308
    ...shdr(1 + '.symtab\0'.length, SHT_STRTAB, size + symsz, strsz, 0, 0, 1, 0), // ksyms.c:311-321
    // ksyms.c:324-335
    ...shdr(
      1 + '.symtab\0'.length + '.strtab\0'.length,
      SHT_STRTAB,
      kh_shstrtab,
      shstrtab.length,
      0,
      0,
      0,
      0,
    ),
  ];
  const all = [...ehdr, ...phdrs, ...shdrs, ...shstrtab];
  return [...all, ...Array<number>(size - all.length).fill(0)];
}

/** p_type, p_flags, p_offset, p_vaddr, p_paddr, p_filesz, p_memsz, p_align. */
const phdr = (flags: number): number[] => [
  ...word(1),
  ...word(flags),
  ...[0, 0, 0, 0, 0, 0].flatMap((value) => xword(value)),
];

/** sh_flags and sh_addr, which stand behind the type, are 0 in each. */
const shdr = (
  name: number,
  type: number,
  offset: number,
  size: number,
  link: number,
  info: number,
  addralign: number,
  entsize: number,
): number[] => [
  ...word(name),
  ...word(type),
  ...xword(0),
  ...xword(0),
  ...xword(offset),
  ...xword(size),
  ...word(link),
  ...word(info),
  ...xword(addralign),
  ...xword(entsize),
];
