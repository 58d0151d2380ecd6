/** A set of small numbers, a bit each: number i is bit i % 32 of word i / 32. What lies behind its end is not in it. */
export type Bits = Uint32Array;

/** @param numbers in any order */
export function bitsOf(numbers: Uint32Array): Bits {
  const bits = new Uint32Array(
    numbers.length === 0 ? 0 : (numbers.reduce((a, b) => Math.max(a, b)) >>> 5) + 1,
  );
  for (const i of numbers) bits[i >>> 5]! |= 1 << (i & 31);
  return bits;
}

export function* members(bits: Bits): Generator<number> {
  for (let word = 0; word < bits.length; word++) {
    for (let rest = bits[word]!; rest !== 0; rest &= rest - 1)
      yield word * 32 + 31 - Math.clz32(rest & -rest);
  }
}

/** How many are in both. */
export function countCommon(a: Bits, b: Bits): number {
  const words = Math.min(a.length, b.length);
  let count = 0;
  for (let i = 0; i < words; i++) count += ones(a[i]! & b[i]!);
  return count;
}

/** Puts all of `bits` into a set that is at least as long. */
export function addAll(set: Bits, bits: Bits): void {
  for (let i = 0; i < bits.length; i++) set[i]! |= bits[i]!;
}

/** Takes all of `bits` out of a set. */
export function removeAll(set: Bits, bits: Bits): void {
  const words = Math.min(set.length, bits.length);
  for (let i = 0; i < words; i++) set[i]! &= ~bits[i]!;
}

/** What is in both. */
export const common = (a: Bits, b: Bits): Bits => a.map((word, i) => word & (b[i] ?? 0));

/** @see Hacker's Delight, figure 5-2 */
function ones(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
