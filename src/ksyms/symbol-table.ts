import { ELF_ST_INFO, SHN_ABS, STB_LOCAL, STT_FILE, STT_FUNC, SYM, SYM_SIZE } from '../abi/elf.ts';
import type { FunctionSymbol } from '../abi/module.ts';

/** The two tables that the linker keeps of a file. */
export interface SymbolTable {
  /** Elf64_Sym[]; the kernel's, which comes first in every snapshot, begins with the null symbol. */
  symtab: Uint8Array;
  strtab: Uint8Array;
}

/**
 * Builds a file's tables: one symbol for the file, one for each function. All are local, since the
 * snapshot's `sh_info` says of every symbol that it is; and absolute, since the snapshot has no section of text.
 *
 * Line numbers travel in the string table. The string behind the file's name, which no symbol names, is the file's
 * line table (`KernelModule.lines`). Tools pass over what no symbol names, and a snapshot needs no more sections
 * than the original gives it.
 *
 * @param base what is added to each function's offset: the address for the kernel, 0 for a module, whose values
 *   are made absolute when they are read
 * @param first null symbols to begin with: one in the file that a snapshot begins with
 */
export function symbolTable(
  filename: string,
  lines: string,
  symbols: readonly FunctionSymbol[],
  base: bigint,
  first = 0,
): SymbolTable {
  const strings = new StringTable();
  strings.add('');
  const file = strings.add(filename);
  strings.add(lines);

  const symtab = new Uint8Array((first + 1 + symbols.length) * SYM_SIZE);
  const view = new DataView(symtab.buffer);
  writeSymbol(view, first, file, STT_FILE, 0n, 0);
  symbols.forEach(({ name, offset, size }, i) => {
    writeSymbol(view, first + 1 + i, strings.add(name), STT_FUNC, base + BigInt(offset), size);
  });
  return { symtab, strtab: strings.bytes() };
}

function writeSymbol(
  view: DataView,
  index: number,
  name: number,
  type: number,
  value: bigint,
  size: number,
): void {
  const at = index * SYM_SIZE;
  view.setUint32(at + SYM.st_name, name, true);
  view.setUint8(at + SYM.st_info, ELF_ST_INFO(STB_LOCAL, type));
  view.setUint16(at + SYM.st_shndx, SHN_ABS, true);
  view.setBigUint64(at + SYM.st_value, value, true);
  view.setBigUint64(at + SYM.st_size, BigInt(size), true);
}

/** Strings one behind the other, each ended by a NUL. */
class StringTable {
  readonly #parts: Buffer[] = [];
  #size = 0;

  /** @returns where the string begins */
  add(text: string): number {
    const at = this.#size;
    const part = Buffer.from(`${text.replaceAll('\0', '\u2400')}\0`);
    this.#parts.push(part);
    this.#size += part.length;
    return at;
  }

  bytes(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.#parts));
  }
}
