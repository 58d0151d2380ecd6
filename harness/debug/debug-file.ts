import { SITE_SIZE } from '../../src/abi/text.ts';
import type { FunctionRange, Symbolizer } from '../symbolize/symbolizer.ts';
import { ByteWriter } from './bytes.ts';
import { elfFile, type TextModule } from './elf-file.ts';
import { FileTable, type LineRow, lineProgram } from './line-program.ts';
import { abbreviations, type DebugFunction, type DebugUnit, units } from './units.ts';

/**
 * A second, larger file than the snapshot, with the same symbols and DWARF 4: what GNU addr2line, llvm-symbolizer,
 * eu-addr2line and gdb read to tell the function, file and line of an address. Its symbols carry the snapshot's line
 * tables too, so that we read it like a snapshot.
 */
export function debugFile(symbolizer: Symbolizer): Uint8Array {
  const lines = new ByteWriter();
  const modules = modulesOf(symbolizer.functions());
  const described = modules.flatMap((module) => {
    const unit = describe(module, symbolizer, lines);
    return unit === null ? [] : [unit];
  });
  const { info, strings, aranges } = units(described);
  return elfFile(modules, symbolizer.modules(), [
    ['.debug_abbrev', abbreviations()],
    ['.debug_info', info],
    ['.debug_line', lines.finish()],
    ['.debug_str', strings],
    ['.debug_aranges', aranges],
  ]);
}

/** @param functions by address */
function modulesOf(functions: readonly FunctionRange[]): TextModule[] {
  const modules: TextModule[] = [];
  for (const one of functions) {
    const last = modules.at(-1);
    if (last?.module === one.module && last.address + BigInt(last.size) === one.address) {
      last.functions.push(one);
      last.size += one.size;
    } else {
      modules.push({ ...one, functions: [one] });
    }
  }
  return modules;
}

/** @returns null where the snapshot has no lines for the module: the kernel's own symbols */
function describe(module: TextModule, symbolizer: Symbolizer, lines: ByteWriter): DebugUnit | null {
  const files = new FileTable();
  const rows = rowsOf(module, symbolizer);
  if (rows.length === 0) return null;
  const byOffset = new Map(rows.map((row) => [row.offset, row]));
  const functions = module.functions.map((one): DebugFunction => {
    const row = byOffset.get(Number(one.address - module.address));
    const place = row === undefined ? { file: 0, line: 0 } : { file: files.number(row.file), line: row.line };
    return { name: one.symbol, address: one.address, size: one.size, ...place };
  });
  const start = lines.length;
  lines.bytes(lineProgram(module.address, module.size, rows, files));
  // The unit has the name of the file that a person wrote, where there is one only.
  const name = files.paths.length === 1 ? files.paths[0]! : module.file;
  return { name, address: module.address, size: module.size, functions, lines: start };
}

function rowsOf({ address, size }: TextModule, symbolizer: Symbolizer): LineRow[] {
  const rows: LineRow[] = [];
  for (let offset = 0; offset < size; offset += SITE_SIZE) {
    const frame = symbolizer.lookup(address + BigInt(offset));
    if (frame?.file === undefined) continue;
    rows.push({ offset, file: frame.file, line: frame.line!, column: frame.column! });
  }
  return rows;
}
