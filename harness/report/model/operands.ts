import type { ComparedOperand } from '../../executor/executed.ts';
import type { DoorCompare, Operand } from '../page/data.ts';

/** Characters of a text that are shown, and bytes. */
const TEXT_LENGTH = 60;
const BYTES_LENGTH = 20;
/** What is shown before the first difference. */
const BEFORE = 3;

/** Two operands as they would be written; of long ones the part around their first difference. */
export function operandsOf(
  left: ComparedOperand,
  right: ComparedOperand,
): Pick<DoorCompare, 'left' | 'right'> {
  const at = firstDifference(left.value, right.value);
  return { left: operand(left, at), right: operand(right, at) };
}

function operand({ value, constant }: ComparedOperand, at: number): Operand {
  if (typeof value === 'string') return { type: 'text', value: textOf(value, at), constant };
  if (typeof value === 'object') return { type: 'bytes', value: bytesOf(value, at), constant };
  return { type: 'number', value: numberOf(value), constant };
}

function numberOf(value: number | bigint): string {
  if (typeof value === 'bigint') return `${value}n`;
  return Object.is(value, -0) ? '-0' : String(value);
}

function textOf(text: string, at: number): string {
  const [start, end] = windowOf(text.length, at, TEXT_LENGTH);
  return `${start > 0 ? '…' : ''}${JSON.stringify(text.slice(start, end))}${end < text.length ? '…' : ''}`;
}

function bytesOf(bytes: Uint8Array, at: number): string {
  const [start, end] = windowOf(bytes.length, at, BYTES_LENGTH);
  const pairs = Array.from(bytes.subarray(start, end), (byte) => byte.toString(16).padStart(2, '0'));
  if (start > 0) pairs.unshift('…');
  if (end < bytes.length) pairs.push('…');
  return pairs.join(' ');
}

/** The part of something long that has `at` in it. */
function windowOf(length: number, at: number, room: number): [start: number, end: number] {
  if (length <= room) return [0, length];
  const start = Math.max(0, Math.min(at - BEFORE, length - room));
  return [start, start + room];
}

function firstDifference(a: ComparedOperand['value'], b: ComparedOperand['value']): number {
  if (typeof a === 'string' && typeof b === 'string') return differs(a, b);
  if (a instanceof Uint8Array && b instanceof Uint8Array) return differs(a, b);
  return 0;
}

function differs(a: ArrayLike<unknown>, b: ArrayLike<unknown>): number {
  const length = Math.min(a.length, b.length);
  let at = 0;
  while (at < length && a[at] === b[at]) at++;
  return at;
}
