/** How JavaScript's values become the integers that a comparison's record holds. */

const scratch = new DataView(new ArrayBuffer(8));

/** Two 32-bit halves of a 64-bit word; one object is used again and again, since callbacks must not allocate. */
export interface Word {
  low: number;
  high: number;
}

const isInteger = (value: number): boolean => Number.isSafeInteger(value);

/** Whether both numbers fit into an integer of `bits` bits, unsigned, or signed if one is negative. */
function fits(a: number, b: number, bits: number): boolean {
  const [low, high] = a < 0 || b < 0 ? [-(2 ** (bits - 1)), 2 ** (bits - 1)] : [0, 2 ** bits];
  return a >= low && b >= low && a < high && b < high;
}

/** Bytes of the smallest C integer that holds both, 8 where there is none. */
export function width(a: number, b: number): 1 | 2 | 4 | 8 {
  if (!isInteger(a) || !isInteger(b)) return 8;
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
    into.high = Math.floor(value / 2 ** 32) | 0;
  } else {
    scratch.setFloat64(0, value, true);
    into.low = scratch.getInt32(0, true);
    into.high = scratch.getInt32(4, true);
  }
}

export const areIntegers = (a: number, b: number): boolean => isInteger(a) && isInteger(b);

export function bigintWord(value: bigint, into: Word): void {
  scratch.setBigInt64(0, BigInt.asIntN(64, value), true);
  into.low = scratch.getInt32(0, true);
  into.high = scratch.getInt32(4, true);
}

/** Up to eight bytes of UTF-8 from the string's character `start` on, in the order in which they lie in memory. */
export function stringWord(value: string, start: number, into: Word): void {
  scratch.setInt32(0, 0);
  scratch.setInt32(4, 0);
  bytes.fill(0);
  encoder.encodeInto(value.slice(start, start + 8), bytes);
  into.low = scratch.getInt32(0, true);
  into.high = scratch.getInt32(4, true);
}

const encoder = new TextEncoder();
const bytes = new Uint8Array(scratch.buffer);

/** Index of the first character in which two unequal strings differ. */
export function firstDifference(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  let i = 0;
  while (i < end && a.charCodeAt(i) === b.charCodeAt(i)) i++;
  return i;
}
