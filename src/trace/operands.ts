import { charCodeAt, encodeInto, floor, isSafeInteger, min, slice } from './intrinsics.ts';

/** How JavaScript's values become the integers that a comparison's record holds. */

/** One word, in each way of looking at it; in the byte order of the buffer, which is the machine's. */
const bytes = new Uint8Array(8);
const halves = new Int32Array(bytes.buffer);
const double = new Float64Array(bytes.buffer);
const long = new BigInt64Array(bytes.buffer);

/** Two 32-bit halves of a 64-bit word; one object is used again and again, since callbacks must not allocate. */
export interface Word {
  low: number;
  high: number;
}

function take(into: Word): void {
  into.low = halves[0]!;
  into.high = halves[1]!;
}

/** Whether both numbers fit into an integer of `bits` bits, unsigned, or signed if one is negative. */
function fits(a: number, b: number, bits: number): boolean {
  const low = a < 0 || b < 0 ? -(2 ** (bits - 1)) : 0;
  const high = low + 2 ** bits;
  return a >= low && b >= low && a < high && b < high;
}

/** Bytes of the smallest C integer that holds both, 8 where there is none. */
export function width(a: number, b: number): 1 | 2 | 4 | 8 {
  if (!isSafeInteger(a) || !isSafeInteger(b)) return 8;
  if (fits(a, b, 8)) return 1;
  if (fits(a, b, 16)) return 2;
  return fits(a, b, 32) ? 4 : 8;
}

/**
 * A number of eight bytes: as an integer where both operands of the comparison are, else the bits of the double,
 * which lie in the input where it was read with `readDoubleLE` and its like.
 */
export function numberWord(value: number, integers: boolean, into: Word): void {
  if (integers) {
    into.low = value | 0;
    into.high = floor(value / 2 ** 32) | 0;
  } else {
    double[0] = value;
    take(into);
  }
}

export const areIntegers = (a: number, b: number): boolean => isSafeInteger(a) && isSafeInteger(b);

export function bigintWord(value: bigint, into: Word): void {
  long[0] = value; // The low 64 bits of a longer one.
  take(into);
}

/** Up to eight bytes of UTF-8 from the string's character `start` on, in the order in which they lie in memory. */
export function stringWord(value: string, start: number, into: Word): void {
  halves[0] = halves[1] = 0;
  encodeInto(slice(value, start, start + 8), bytes);
  take(into);
}

/** Up to eight bytes from `start` on. */
export function bytesWord(value: Uint8Array, start: number, into: Word): void {
  halves[0] = halves[1] = 0;
  for (let i = 0; i < 8 && start + i < value.length; i++) bytes[i] = value[start + i]!;
  take(into);
}

/** Index of the first character in which two unequal strings differ. */
export function firstDifference(a: string, b: string): number {
  const end = min(a.length, b.length);
  let i = 0;
  while (i < end && charCodeAt(a, i) === charCodeAt(b, i)) i++;
  return i;
}

/** Index of the first byte in which two sequences differ; -1 where they do not. */
export function firstUnequalByte(a: Uint8Array, b: Uint8Array): number {
  const end = min(a.length, b.length);
  for (let i = 0; i < end; i++) if (a[i] !== b[i]) return i;
  return a.length === b.length ? -1 : end;
}
