import type { NumberOperand, Size } from './operand.ts';

/** How a number can lie in an input. */

const scratch = new DataView(new ArrayBuffer(8));
const scratchBytes = new Uint8Array(scratch.buffer);

/** The NaN that JavaScript makes, and the one that x86 does; others are integers. */
const NAN_BITS = new Set([0x7ff8000000000000n, 0xfff8000000000000n]);

/** What the word may mean as an integer: unsigned, and signed where that is another number. */
export function integersOf({ word, size }: NumberOperand): bigint[] {
  const signed = BigInt.asIntN(8 * size, word);
  return signed === word ? [word] : [word, signed];
}

/**
 * The double whose bits the word is; null where it is rather an integer or text: numbers that people compare are
 * neither denormal nor huge.
 */
export function doubleOf({ word, size }: NumberOperand): number | null {
  if (size !== 8) return null;
  scratch.setBigUint64(0, word);
  const value = scratch.getFloat64(0);
  if (Number.isNaN(value)) return NAN_BITS.has(word) ? value : null;
  const magnitude = Math.abs(value);
  return magnitude === 0 || !Number.isFinite(value) || (magnitude > 1e-30 && magnitude < 1e30) ? value : null;
}

/** Whether two words are doubles: both may be, and they are not two integers. */
export function areDoubles(a: NumberOperand, b: NumberOperand): boolean {
  const [x, y] = [doubleOf(a), doubleOf(b)];
  return x !== null && y !== null && !(Number.isSafeInteger(x) && Number.isSafeInteger(y));
}

/** Whether the integer can lie in a field of so many bytes, signed or unsigned. */
export const fits = (value: bigint, size: Size): boolean =>
  value >= -(1n << BigInt(8 * size - 1)) && value < 1n << BigInt(8 * size);

/** The low `size` bytes of an integer. */
export function integerBytes(value: bigint, size: number, littleEndian: boolean): Uint8Array {
  scratch.setBigUint64(0, BigInt.asUintN(64, value), littleEndian);
  const start = littleEndian ? 0 : 8 - size;
  return scratchBytes.slice(start, start + size);
}

export function floatBytes(value: number, size: 4 | 8, littleEndian: boolean): Uint8Array {
  if (size === 8) scratch.setFloat64(0, value, littleEndian);
  else scratch.setFloat32(0, value, littleEndian);
  return scratchBytes.slice(0, size);
}

/** Words one after the other, as an array of integers of `size` bytes lies in memory. */
export function arrayBytes(words: readonly bigint[], size: Size, littleEndian: boolean): Uint8Array {
  const array = new Uint8Array(words.length * size);
  if (size === 1) for (let i = 0; i < words.length; i++) array[i] = Number(words[i]);
  else for (const [i, word] of words.entries()) array.set(integerBytes(word, size, littleEndian), i * size);
  return array;
}
