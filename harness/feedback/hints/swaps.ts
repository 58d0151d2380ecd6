import { percentEncode } from './encoded.ts';
import { areDoubles, doubleOf, fits, floatBytes, integerBytes, integersOf } from './numbers.ts';
import type { BytesOperand, Goal, NumberOperand, Size, TextOperand } from './operand.ts';

/** One encoding of a goal: the bytes of what was seen, and those of what is wanted. */
export interface Swap {
  needle: Uint8Array;
  replacement: Uint8Array;
  /** The case of letters may have changed between the input and the comparison. */
  fold: boolean;
  /** Also what an encoded part of the input may hold, and not an encoding of text in itself. */
  plain: boolean;
}

const SIZES: readonly Size[] = [8, 4, 2, 1];

/** The likely encodings of a goal, the likeliest first. */
export function swapsOf(goal: Goal): Generator<Swap> {
  const { seen, wanted } = goal;
  if (seen.type === 'number' && wanted.type === 'number') return numberSwaps(seen, wanted);
  if (seen.type === 'text' && wanted.type === 'text')
    return goal.relation === 'equals' ? textSwaps(seen, wanted) : containing(textSwaps, seen, wanted);
  if (seen.type === 'bytes' && wanted.type === 'bytes')
    return goal.relation === 'equals' ? bytesSwaps(seen, wanted) : containing(bytesSwaps, seen, wanted);
  throw new Error('a goal of two kinds of operands');
}

const ascii = (value: string): Buffer => Buffer.from(value, 'latin1');

function swap(needle: Uint8Array, replacement: Uint8Array, { fold = false, plain = false } = {}): Swap {
  return { needle, replacement, fold, plain };
}

function* numberSwaps(seen: NumberOperand, wanted: NumberOperand): Generator<Swap> {
  if (areDoubles(seen, wanted)) {
    const [a, b] = [doubleOf(seen)!, doubleOf(wanted)!];
    yield* doubleSwaps(a, b);
    // 0 and a large integer look like doubles too; what is no number does not look like an integer.
    if (Number.isNaN(a) || Number.isNaN(b)) return;
  }
  const [from, to] = [integersOf(seen), integersOf(wanted)];
  // Both are signed or both are unsigned.
  const pairs = Array.from({ length: Math.max(from.length, to.length) }, (_, i): [bigint, bigint] => [
    from[i] ?? from[0]!,
    to[i] ?? to[0]!,
  ]);
  for (const [a, b] of pairs) yield* integerSwaps(a, b);
  for (const [a, b] of pairs) yield* integerTexts(a, b);
  for (const [a, b] of pairs) yield* partSwaps(a, b);
}

function* integerSwaps(seen: bigint, wanted: bigint): Generator<Swap> {
  for (const size of SIZES) {
    if (!fits(seen, size) || !fits(wanted, size)) continue;
    for (const little of size === 1 ? [true] : [true, false]) {
      const needle = integerBytes(seen, size, little);
      // Characters are compared by their codes.
      const fold = size === 1 && isLetter(needle[0]!);
      yield swap(needle, integerBytes(wanted, size, little), { fold, plain: true });
    }
  }
}

function* integerTexts(seen: bigint, wanted: bigint): Generator<Swap> {
  yield swap(ascii(`${seen}`), ascii(`${wanted}`), { plain: true });
  if (seen < 0n || wanted < 0n) return;
  const width = Math.max(seen.toString(16).length, wanted.toString(16).length);
  const [a, b] = [seen.toString(16), wanted.toString(16)];
  for (const pad of [1, width, 2, 4, 8, 16])
    if (pad === 1 || (pad >= width && pad > a.length))
      yield swap(ascii(a.padStart(pad, '0')), ascii(b.padStart(pad, '0')), { fold: true });
  if (/[a-f]/.test(b)) yield swap(ascii(a), ascii(b.toUpperCase()), { fold: true });
  yield swap(ascii(seen.toString(8)), ascii(wanted.toString(8)));
  if (seen > 1n) yield swap(ascii(seen.toString(2)), ascii(wanted.toString(2)));
}

/** Halves of an integer that was put together from two fields, or cut from a wider one. */
function* partSwaps(seen: bigint, wanted: bigint): Generator<Swap> {
  for (const size of [4, 2, 1] as const) {
    if (fits(seen, size) && fits(wanted, size)) continue;
    const shift = BigInt(8 * size);
    for (const [a, b] of [
      [seen, wanted],
      [seen >> shift, wanted >> shift],
    ] as const) {
      yield swap(integerBytes(a, size, true), integerBytes(b, size, true));
      if (size > 1) yield swap(integerBytes(a, size, false), integerBytes(b, size, false));
    }
  }
}

function* doubleSwaps(seen: number, wanted: number): Generator<Swap> {
  for (const size of [8, 4] as const) {
    // A float is compared as the double that it is.
    if (size === 4 && !Object.is(Math.fround(seen), seen)) continue;
    for (const little of [true, false])
      yield swap(floatBytes(seen, size, little), floatBytes(wanted, size, little), { plain: true });
  }
  yield swap(ascii(`${seen}`), ascii(`${wanted}`), { plain: true });
  for (const digits of [1, 2, 3])
    if (Number.isFinite(seen)) yield swap(ascii(seen.toFixed(digits)), ascii(`${wanted}`));
  if (Number.isInteger(seen) && Math.abs(seen) < 2 ** 63 && Number.isInteger(wanted))
    yield* integerSwaps(BigInt(seen), BigInt(wanted));
}

function* textSwaps({ text: seen }: TextOperand, { text: wanted }: TextOperand): Generator<Swap> {
  const [a, b] = [Buffer.from(seen), Buffer.from(wanted)];
  yield swap(a, b, { fold: true, plain: true });
  const [jsonA, jsonB] = [inQuotes(seen), inQuotes(wanted)];
  if (jsonA !== seen || jsonB !== wanted) yield swap(Buffer.from(jsonA), Buffer.from(jsonB), { fold: true });
  const [percentA, percentB] = [percentEncode(a), percentEncode(b)];
  if (percentA.length !== a.length || percentB.length !== b.length) {
    yield swap(percentA, percentB, { fold: true });
    yield swap(ascii(plus(percentA)), ascii(plus(percentB)), { fold: true });
  }
  if (a.length !== seen.length || b.length !== wanted.length)
    yield swap(Buffer.from(seen, 'latin1'), Buffer.from(wanted, 'latin1'), { plain: true });
  yield swap(Buffer.from(seen, 'utf16le'), Buffer.from(wanted, 'utf16le'), { fold: true, plain: true });
  yield swap(Buffer.from(seen, 'utf16le').swap16(), Buffer.from(wanted, 'utf16le').swap16(), { fold: true });
  if (seen.length > 1 || wanted.length > 1)
    yield swap(reversedText(seen), reversedText(wanted), { fold: true, plain: true });
  yield* inAscii(a, b);
}

function* bytesSwaps({ bytes: seen }: BytesOperand, { bytes: wanted }: BytesOperand): Generator<Swap> {
  yield swap(seen, wanted, { plain: true });
  // Bytes of characters whose case has changed, as of any others.
  if (seen.every((byte) => byte < 0x80) && seen.some(isLetter))
    yield swap(seen, wanted, { fold: true, plain: true });
  if (seen.length > 1 || wanted.length > 1)
    yield swap(Uint8Array.from(seen).reverse(), Uint8Array.from(wanted).reverse(), { plain: true });
  yield swap(
    Buffer.from(Buffer.from(seen).toString('latin1')),
    Buffer.from(Buffer.from(wanted).toString('latin1')),
  );
  yield* inAscii(Buffer.from(seen), Buffer.from(wanted));
}

/** The ways in which protocols write bytes as text. */
function* inAscii(seen: Buffer, wanted: Buffer): Generator<Swap> {
  for (const encoding of ['base64', 'base64url', 'hex'] as const)
    yield swap(ascii(seen.toString(encoding)), ascii(wanted.toString(encoding)), {
      fold: encoding === 'hex',
    });
}

/** What was searched may become what was not found, or have it at one of its ends. */
function* containing<T extends TextOperand | BytesOperand>(
  swaps: (seen: T, wanted: T) => Generator<Swap>,
  seen: T,
  wanted: T,
): Generator<Swap> {
  for (const goal of [wanted, join(wanted, seen), join(seen, wanted)]) yield* swaps(seen, goal as T);
}

function join(a: TextOperand | BytesOperand, b: TextOperand | BytesOperand): TextOperand | BytesOperand {
  if (a.type === 'text' && b.type === 'text') return { type: 'text', text: a.text + b.text };
  if (a.type === 'bytes' && b.type === 'bytes')
    return { type: 'bytes', bytes: new Uint8Array(Buffer.concat([a.bytes, b.bytes])) };
  throw new Error('operands of two kinds');
}

const isLetter = (byte: number): boolean => (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
const inQuotes = (value: string): string => JSON.stringify(value).slice(1, -1);
const plus = (encoded: Buffer): string => encoded.toString('latin1').replaceAll('%20', '+');
const reversedText = (value: string): Buffer => Buffer.from([...value].reverse().join(''));
