import { ByteWriter } from './bytes.ts';

/** One row of the line table: from this address on, code is of this place. */
export interface LineRow {
  /** Bytes from the module's base. */
  offset: number;
  file: string;
  line: number;
  /** Counted from 1. */
  column: number;
}

/** Opcodes of the line number program. @see DWARF 4, 6.2.5 */
const DW_LNS_copy = 1;
const DW_LNS_advance_pc = 2;
const DW_LNS_advance_line = 3;
const DW_LNS_set_file = 4;
const DW_LNS_set_column = 5;
const DW_LNE_end_sequence = 1;
const DW_LNE_set_address = 2;
/** Operands of the standard opcodes 1 to 12. */
const OPERANDS = [0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1];

/**
 * Files of a line table, by their numbers, which count from 1. Their paths are absolute, so no directory is named.
 */
export class FileTable {
  readonly #numbers = new Map<string, number>();

  number(path: string): number {
    const known = this.#numbers.get(path) ?? this.#numbers.size + 1;
    this.#numbers.set(path, known);
    return known;
  }

  get paths(): string[] {
    return [...this.#numbers.keys()];
  }
}

/** One unit of `.debug_line`: a sequence from `address` to `address + size`. */
export function lineProgram(
  address: bigint,
  size: number,
  rows: readonly LineRow[],
  files: FileTable,
): Uint8Array {
  const program = sequence(address, size, rows, files);
  const header = new ByteWriter();
  header
    .u8(1, 1, 1, -5 & 0xff, 14, OPERANDS.length + 1)
    .u8(...OPERANDS)
    .u8(0);
  for (const path of files.paths) header.string(path).uleb(0).uleb(0).uleb(0);
  header.u8(0);

  const unit = new ByteWriter();
  unit.u32(0).u16(4).u32(header.length).bytes(header.finish()).bytes(program);
  return unit.patch32(0, unit.length - 4).finish();
}

function sequence(address: bigint, size: number, rows: readonly LineRow[], files: FileTable): Uint8Array {
  const out = new ByteWriter();
  out.u8(0).uleb(9).u8(DW_LNE_set_address).u64(address);
  let state = { offset: 0, file: 1, line: 1, column: 0 };
  for (const { offset, file: path, line, column } of rows) {
    const file = files.number(path);
    if (offset !== state.offset) out.u8(DW_LNS_advance_pc).uleb(offset - state.offset);
    if (file !== state.file) out.u8(DW_LNS_set_file).uleb(file);
    if (line !== state.line) out.u8(DW_LNS_advance_line).sleb(line - state.line);
    if (column !== state.column) out.u8(DW_LNS_set_column).uleb(column);
    out.u8(DW_LNS_copy);
    state = { offset, file, line, column };
  }
  out.u8(DW_LNS_advance_pc).uleb(size - state.offset);
  return out.u8(0).uleb(1).u8(DW_LNE_end_sequence).finish();
}
