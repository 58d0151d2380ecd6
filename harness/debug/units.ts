import { ByteWriter } from './bytes.ts';

/** A function, as a debugger shows it. */
export interface DebugFunction {
  name: string;
  address: bigint;
  /** Bytes. */
  size: number;
  /** Number of its file in the line table, and its line; 0 where they are not known. */
  file: number;
  line: number;
}

/** One module: a compilation unit. */
export interface DebugUnit {
  name: string;
  address: bigint;
  size: number;
  functions: readonly DebugFunction[];
  /** Where its unit of `.debug_line` begins. */
  lines: number;
}

/** @see DWARF 4, figures 18 to 21 */
const DW_TAG_compile_unit = 0x11;
const DW_TAG_subprogram = 0x2e;
const DW_AT_name = 0x03;
const DW_AT_stmt_list = 0x10;
const DW_AT_low_pc = 0x11;
const DW_AT_high_pc = 0x12;
const DW_AT_language = 0x13;
const DW_AT_producer = 0x25;
const DW_AT_decl_file = 0x3a;
const DW_AT_decl_line = 0x3b;
const DW_FORM_addr = 0x01;
const DW_FORM_data2 = 0x05;
const DW_FORM_data8 = 0x07;
const DW_FORM_string = 0x08;
const DW_FORM_udata = 0x0f;
const DW_FORM_strp = 0x0e;
const DW_FORM_sec_offset = 0x17;
/** DWARF knows no JavaScript; of C every tool shows names as they are. */
const DW_LANG_C99 = 0x0c;
const PRODUCER = 'kcovjs';

const UNIT = 1;
const FUNCTION = 2;

/** `.debug_abbrev`, which all units share. */
export function abbreviations(): Uint8Array {
  const out = new ByteWriter();
  const entry = (code: number, tag: number, children: number, ...pairs: number[]): void => {
    out.uleb(code).uleb(tag).u8(children);
    for (const word of pairs) out.uleb(word);
    out.u8(0, 0);
  };
  entry(
    UNIT,
    DW_TAG_compile_unit,
    1,
    DW_AT_producer,
    DW_FORM_string,
    DW_AT_language,
    DW_FORM_data2,
    DW_AT_name,
    DW_FORM_strp,
    DW_AT_low_pc,
    DW_FORM_addr,
    DW_AT_high_pc,
    DW_FORM_data8,
    DW_AT_stmt_list,
    DW_FORM_sec_offset,
  );
  entry(
    FUNCTION,
    DW_TAG_subprogram,
    0,
    DW_AT_name,
    DW_FORM_strp,
    DW_AT_low_pc,
    DW_FORM_addr,
    DW_AT_high_pc,
    DW_FORM_data8,
    DW_AT_decl_file,
    DW_FORM_udata,
    DW_AT_decl_line,
    DW_FORM_udata,
  );
  return out.u8(0).finish();
}

/** `.debug_info`, with the names that go into `.debug_str`, and `.debug_aranges`, by which a unit is found. */
export function units(all: readonly DebugUnit[]): {
  info: Uint8Array;
  strings: Uint8Array;
  aranges: Uint8Array;
} {
  const info = new ByteWriter();
  const aranges = new ByteWriter();
  const strings = new Strings();
  for (const unit of all) {
    const start = info.length;
    info.u32(0).u16(4).u32(0).u8(8);
    info.uleb(UNIT).string(PRODUCER).u16(DW_LANG_C99).u32(strings.offset(unit.name));
    info.u64(unit.address).u64(unit.size).u32(unit.lines);
    for (const { name, address, size, file, line } of unit.functions) {
      info.uleb(FUNCTION).u32(strings.offset(name)).u64(address).u64(size).uleb(file).uleb(line);
    }
    info.u8(0).patch32(start, info.length - start - 4);
    aranges.u32(44).u16(2).u32(start).u8(8, 0).u32(0).u64(unit.address).u64(unit.size).u64(0).u64(0);
  }
  return { info: info.finish(), strings: strings.finish(), aranges: aranges.finish() };
}

/** Strings, each of which is written once. */
class Strings {
  readonly #out = new ByteWriter().u8(0);
  readonly #offsets = new Map<string, number>([['', 0]]);

  offset(text: string): number {
    let at = this.#offsets.get(text);
    if (at === undefined) {
      at = this.#out.length;
      this.#offsets.set(text, at);
      this.#out.string(text);
    }
    return at;
  }

  finish(): Uint8Array {
    return this.#out.finish();
  }
}
