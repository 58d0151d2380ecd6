import { fits, integerBytes } from './numbers.ts';
import { number, type Operand, type Size, text } from './operand.ts';

/** The literals of code under test. */
export interface Literals {
  readonly strings: readonly string[];
  readonly numbers: readonly number[];
}

/** libFuzzer takes no longer words. */
export const MAX_WORD = 64;
/** Words that are written; libFuzzer's choice among more would be as good as none. */
const MAX_WORDS = 4096;

/** The literals as operands that an input may want. */
export function operandsOf({ strings, numbers }: Literals): Operand[] {
  return [
    ...strings.filter((value) => value.length > 0 && value.length <= MAX_WORD).map(text),
    ...numbers.map(operandOf),
  ];
}

function operandOf(value: number): Operand {
  if (!Number.isSafeInteger(value)) {
    const bits = new DataView(new ArrayBuffer(8));
    bits.setFloat64(0, value);
    return number(bits.getBigUint64(0), 8);
  }
  const size = sizeOf(value);
  return number(BigInt.asUintN(8 * size, BigInt(value)), size);
}

const sizeOf = (value: number): Size =>
  ([1, 2, 4, 8] satisfies Size[]).find((size) => fits(BigInt(value), size))!;

/**
 * A dictionary in AFL's format, as libFuzzer's `-dict` reads it: strings as they are, integers of more than a byte
 * in both byte orders, each word once, too long ones left out.
 */
export function aflDictionary(literals: Literals): string {
  const words = new Set<string>();
  const add = (word: Uint8Array) => {
    if (word.length > 0 && word.length <= MAX_WORD && words.size < MAX_WORDS) words.add(quoted(word));
  };
  for (const value of literals.strings) add(Buffer.from(value));
  for (const value of literals.numbers) {
    add(Buffer.from(`${value}`));
    if (!Number.isSafeInteger(value)) continue;
    const size = sizeOf(value);
    if (size === 1) continue; // A byte is found by mutation.
    add(integerBytes(BigInt(value), size, true));
    add(integerBytes(BigInt(value), size, false));
  }
  return [...words].map((word) => `${word}\n`).join('');
}

/**
 * `name@level="word"`, where what stands before the word is anything.
 *
 * @see FuzzerUtil.cpp ParseOneDictionaryEntry
 */
const ENTRY = /^[^"]*"((?:[\t\v\f\r\x20-\x5b\x5d-\x7e]|\\[\\"]|\\x[0-9A-Fa-f]{2})+)"\s*$/;
const COMMENT = /^\s*(#|$)/;
const ESCAPE = /\\(?:x(..)|(.))/g;

/** The word of a line of a dictionary; null where libFuzzer would refuse the whole file for it. */
function entryOf(line: string): Buffer | null {
  const word = ENTRY.exec(line)?.[1];
  if (word === undefined) return null;
  const bytes = word.replace(ESCAPE, (_, hex?: string, char?: string) =>
    hex === undefined ? char! : String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1');
}

/** Number and text of the first line, from 1, for which libFuzzer would refuse a dictionary; null where there is none. */
export function brokenLine(dictionary: string): { number: number; text: string } | null {
  const lines = dictionary.split('\n');
  const at = lines.findIndex((line) => !COMMENT.test(line) && entryOf(line) === null);
  return at === -1 ? null : { number: at + 1, text: lines[at]! };
}

/** The words of a dictionary in AFL's format that are text; what is no entry is passed over. */
export function dictionaryWords(dictionary: string): string[] {
  return dictionary.split('\n').flatMap((line) => {
    const raw = COMMENT.test(line) ? null : entryOf(line);
    const text = raw?.toString();
    return text !== undefined && Buffer.from(text).equals(raw!) ? [text] : [];
  });
}

/** A word as a line of a dictionary has it, quotes included. */
export function quoted(word: Uint8Array): string {
  let escaped = '';
  for (const byte of word) {
    const char = String.fromCharCode(byte);
    if (char === '\\' || char === '"') escaped += `\\${char}`;
    else if (byte >= 0x20 && byte < 0x7f) escaped += char;
    else escaped += `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return `"${escaped}"`;
}
