import type { Edit } from './edit.ts';
import type { Steps } from './found.ts';
import type { Input } from './input.ts';
import { areDoubles, doubleOf, integerBytes, integersOf } from './numbers.ts';
import type { NumberOperand } from './operand.ts';

const MAX_POSITIONS = 64;
const MAX_NUMERALS = 16;
const NUMERAL = /-?\d+(?:\.\d+)?/g;

/**
 * Candidates for a number that was computed from the input and so is not found there: each numeral is changed by
 * difference and ratio, each field by the difference, by its opposite and by its bits. A checksum, a number that
 * was scaled or had something added meets its goal that way.
 */
export function* arithmetic(input: Input, seen: NumberOperand, wanted: NumberOperand): Steps {
  yield* numerals(input, numberOf(seen), numberOf(wanted));
  if (areDoubles(seen, wanted)) return;
  const end = Math.min(input.bytes.length, MAX_POSITIONS);
  const [from, to] = [integersOf(seen)[0]!, integersOf(wanted)[0]!];
  for (const size of [1, 2, 4, 3, 8])
    for (let at = 0; at + size <= end; at++)
      for (const little of size === 1 ? [true] : [true, false])
        yield* field(input.bytes, at, size, little, from, to);
}

/**
 * Candidates for a sum of differences: steps that bring it nearer, if only by one of its terms. First by the last
 * that did. None for numbers that are too far from each other to be such sums.
 */
export function* climbing(input: Input, seen: NumberOperand, wanted: NumberOperand, near: number): Steps {
  if (seen.size > 2 || wanted.size > 2) return;
  const end = Math.min(input.bytes.length, MAX_POSITIONS);
  if (near < end) yield* climb(input.bytes, near, near + 1);
  yield* climb(input.bytes, 0, end);
}

function* field(
  bytes: Buffer,
  at: number,
  size: number,
  little: boolean,
  seen: bigint,
  wanted: bigint,
): Generator<Edit[]> {
  const old = integerAt(bytes.subarray(at, at + size), little);
  const values = [old + wanted - seen, old - wanted + seen, old ^ wanted ^ seen];
  if (seen !== 0n && (old * wanted) % seen === 0n) values.push((old * wanted) / seen);
  for (const value of values) yield [{ at, remove: size, insert: integerBytes(value, size, little) }];
}

function integerAt(bytes: Uint8Array, little: boolean): bigint {
  let value = 0n;
  for (const byte of little ? [...bytes].reverse() : bytes) value = (value << 8n) | BigInt(byte);
  return value;
}

function* numerals(input: Input, seen: number, wanted: number): Generator<Edit[]> {
  if (!Number.isFinite(seen) || !Number.isFinite(wanted)) return;
  const text = input.bytes.toString('latin1', 0, 4096);
  input.work += text.length;
  let count = 0;
  for (const { index: at, 0: numeral } of text.matchAll(NUMERAL)) {
    if (++count > MAX_NUMERALS) return;
    const old = Number(numeral);
    const values = [old + wanted - seen, old - wanted + seen];
    if (seen !== 0) values.push((old * wanted) / seen);
    for (const value of new Set(values.map(rounded)))
      yield [{ at, remove: numeral.length, insert: Buffer.from(`${value}`) }];
  }
}

function numberOf(operand: NumberOperand): number {
  return doubleOf(operand) || Number(integersOf(operand).at(-1)!);
}

function* climb(bytes: Buffer, start: number, end: number): Generator<Edit[]> {
  for (let power = 128; power >= 1; power >>= 1)
    for (let at = start; at < end; at++)
      for (const step of [power, -power]) yield [{ at, remove: 1, insert: Uint8Array.of(bytes[at]! + step) }];
}

/** Without the dust that floating point leaves behind a sum. */
const rounded = (value: number): number => Number(value.toPrecision(15));
