import { ElfError } from '../symbolize/elf.ts';
import { type FunctionRange, Symbolizer } from '../symbolize/symbolizer.ts';

/**
 * Our own reader of snapshots, as TypeScript: whatever the bytes, it answers or says with an ElfError what is wrong.
 * Time and memory are libFuzzer's to watch (-timeout, -malloc_limit_mb).
 *
 * What is refused for its header or for where its tables lie is read once more with both mended, so that most runs
 * get to symbols and strings. Bytes that begin with a brace are a line table, and are put into a snapshot; bytes that
 * begin with a bracket choose the values of one, since few changes leave JSON whole.
 */
export function fuzz(data: Buffer): void {
  if (data[0] === BRACE) reads(withLines(data));
  else if (data[0] === BRACKET) reads(withLines(lineTable(data)));
  else if (!reads(data)) reads(mended(data));
}

const [BRACE, BRACKET] = [0x7b, 0x5b];

/** Questions are asked of so many functions only: each may cost a line table. */
const ASKED = 64;

/** @returns whether the bytes were taken for a snapshot at all */
function reads(bytes: Uint8Array): boolean {
  let symbolizer: Symbolizer;
  try {
    symbolizer = new Symbolizer(bytes);
  } catch (error) {
    if (error instanceof ElfError) return false;
    throw error;
  }
  const functions = symbolizer.functions();
  functions.forEach(checkFunction);
  for (const pc of [0n, 2n ** 64n - 1n, ...functions.slice(0, ASKED).flatMap(placesOf)])
    lookup(symbolizer, pc);
  return true;
}

const placesOf = ({ address, size }: FunctionRange): bigint[] => [
  address - 1n,
  address,
  address + BigInt(size) / 2n,
  address + BigInt(size) - 1n,
  address + BigInt(size),
];

function checkFunction({ symbol, address, size, file }: FunctionRange, index: number, all: FunctionRange[]) {
  const whole = typeof symbol === 'string' && typeof file === 'string' && address >= 0n && size > 0;
  const sorted = index === 0 || all[index - 1]!.address <= address;
  if (!whole || !sorted) throw new Error(`function ${index} is not whole or not in its place`);
}

function lookup(symbolizer: Symbolizer, pc: bigint): void {
  try {
    const frame = symbolizer.lookup(pc);
    if (frame === undefined) return;
    const { symbol, offset, file, line, column } = frame;
    if (typeof symbol !== 'string' || !(Number.isInteger(offset) && offset >= 0))
      throw new Error(`a frame without its function: ${JSON.stringify(frame)}`);
    if (file === undefined && line === undefined && column === undefined) return;
    if (typeof file !== 'string' || !isPosition(line) || !isPosition(column))
      throw new Error(`a frame with half a place: ${JSON.stringify(frame)}`);
  } catch (error) {
    if (!(error instanceof ElfError)) throw error;
  }
}

const isPosition = (value: unknown): boolean => Number.isInteger(value) && (value as number) > 0;

const [EHDR_SIZE, SHDR_SIZE, SYM_SIZE] = [64, 64, 24];
const HEAD = EHDR_SIZE + 2 * SHDR_SIZE;
const [SHT_SYMTAB, SHT_STRTAB] = [2, 3];
const [STT_FUNC, STT_FILE] = [2, 4];

/**
 * The same bytes as a file whose header is right and whose tables lie inside it: the bytes of the two section headers
 * say where, taken modulo what there is. Some tables are left with a part of an entry at their end.
 */
function mended(data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(Math.max(data.length, HEAD + 1));
  bytes.set(data);
  const view = new DataView(bytes.buffer);
  const place = (at: number): [number, number] => {
    const offset = view.getUint32(at + 24, true) % bytes.length;
    const rest = bytes.length - offset;
    const size = view.getUint32(at + 32, true);
    return [offset, size >= 2 ** 31 ? rest : size % (rest + 1)];
  };
  writeHead(view, place(EHDR_SIZE), place(EHDR_SIZE + SHDR_SIZE));
  return bytes;
}

/** A snapshot of one file, with one function and these lines. */
function withLines(lines: Uint8Array): Uint8Array {
  const strings = [0, ...Buffer.from('a\0'), ...lines, 0];
  const bytes = new Uint8Array(HEAD + 2 * SYM_SIZE + strings.length);
  const view = new DataView(bytes.buffer);
  writeHead(view, [HEAD, 2 * SYM_SIZE], [HEAD + 2 * SYM_SIZE, strings.length]);
  const [file, fn] = [HEAD, HEAD + SYM_SIZE];
  view.setUint32(file, 1, true); // st_name
  view.setUint8(file + 4, STT_FILE);
  view.setUint32(fn, 1, true);
  view.setUint8(fn + 4, STT_FUNC);
  view.setBigUint64(fn + 16, 64n, true); // st_size
  bytes.set(strings, HEAD + 2 * SYM_SIZE);
  return bytes;
}

/** @param symtab where the table begins, and its bytes; so `strtab` */
function writeHead(view: DataView, symtab: [number, number], strtab: [number, number]): void {
  new Uint8Array(view.buffer).set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setBigUint64(40, BigInt(EHDR_SIZE), true); // e_shoff
  view.setUint16(58, SHDR_SIZE, true); // e_shentsize
  view.setUint16(60, 2, true); // e_shnum
  writeSection(view, EHDR_SIZE, SHT_SYMTAB, SYM_SIZE, symtab);
  writeSection(view, EHDR_SIZE + SHDR_SIZE, SHT_STRTAB, 1, strtab);
}

function writeSection(
  view: DataView,
  at: number,
  type: number,
  entry: number,
  [offset, size]: [number, number],
): void {
  view.setUint32(at + 4, type, true); // sh_type
  view.setBigUint64(at + 24, BigInt(offset), true); // sh_offset
  const odd = view.getUint8(at + 44) % 4 === 3; // sh_info
  view.setBigUint64(at + 32, BigInt(odd ? size : size - (size % entry)), true); // sh_size
  view.setUint32(at + 40, 1, true); // sh_link
  view.setBigUint64(at + 56, BigInt(entry), true); // sh_entsize
}

/** A line table in JSON that has what ours have, or anything else where the bytes say so. */
function lineTable(choices: Uint8Array): Uint8Array {
  let at = 1;
  const next = (): number => choices[at++] ?? 0;
  const value = (depth: number): unknown => {
    const kind = next() % 8;
    if (kind === 0) return null;
    if (kind === 1) return next();
    if (kind === 2) return (next() - 128) * 2 ** (next() % 64);
    if (kind === 3) return next() / 8;
    if (kind === 4) return String.fromCharCode(...Array.from({ length: next() % 8 }, next));
    if (kind === 5 || depth === 0) return next() % 2 === 0;
    const items = Array.from({ length: next() % 5 }, () => value(depth - 1));
    return kind === 6 ? items : { ...items };
  };
  const good = { version: 3, sources: ['/a.ts', '../b.ts'], names: [], mappings: 'AAAA,QAEE,QCACA' };
  const odd = { file: 'a', sourceRoot: '/x', sections: [], ignoreList: [0], x_google_ignoreList: [0] };
  const kept = Object.entries({ ...good, ...odd }).map(([key, usual]) => {
    const choice = next() % 4;
    return [key, choice === 0 && key in good ? usual : choice === 1 ? value(4) : undefined] as const;
  });
  return Buffer.from(JSON.stringify(Object.fromEntries(kept)));
}
