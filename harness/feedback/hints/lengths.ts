import { type Edit, overwrite } from './edit.ts';
import type { Steps } from './found.ts';
import type { Input } from './input.ts';
import { integersOf } from './numbers.ts';
import type { NumberOperand } from './operand.ts';
import { placesOf } from './places.ts';

/** Longest that something is made. */
const MAX_LENGTH = 1 << 16;
/** Most fields that are added. */
const MAX_FIELDS = 64;

/**
 * Candidates for a number that was a length or a count: of the whole input, of a word in it, of the fields between
 * separators. That part of the input becomes as long as wanted.
 *
 * @param separators strings that were searched for in the input and may stand between fields
 */
export function* lengths(
  input: Input,
  seen: NumberOperand,
  wanted: NumberOperand,
  separators: readonly string[],
): Steps {
  const [from, to] = [Number(integersOf(seen)[0]!), Number(integersOf(wanted)[0]!)];
  if (from > MAX_LENGTH || to > MAX_LENGTH) return;
  const { bytes } = input;
  if (from === bytes.length || from === input.text?.text.length) yield resized(bytes, 0, bytes.length, to);
  const inside = [...new Set([...separators, ...input.marks])];
  for (const { at, remove } of placesOf(bytes)) {
    if (remove !== from) continue;
    const edits = resized(bytes, at, remove, to);
    yield edits;
    yield* keepingTotal(bytes, edits, to - from);
    if (to < from)
      for (const mark of inside) yield [overwrite(bytes.length, at + to, Buffer.from(mark, 'latin1'))];
  }
  // A header is counted or is not.
  if (from < bytes.length) yield resized(bytes, 0, bytes.length, bytes.length + to - from);
  if (to > from && to - from <= MAX_FIELDS) yield* counts(bytes, from, to, inside);
}

function resized(bytes: Buffer, at: number, length: number, to: number): Edit[] {
  if (to <= length) return [{ at: at + to, remove: length - to, insert: new Uint8Array() }];
  return [{ at: at + length, remove: 0, insert: filled(bytes, at + length, to - length) }];
}

/** More of the same: the byte before, or letters where there is none. */
const filled = (bytes: Buffer, end: number, length: number): Uint8Array =>
  new Uint8Array(length).fill(end > 0 ? bytes[end - 1]! : 0x41);

/** The same, and as many bytes less or more at the end: the length of all may be right already. */
function* keepingTotal(bytes: Buffer, edits: readonly Edit[], more: number): Generator<Edit[]> {
  const end = bytes.length;
  const touched = Math.max(...edits.map(({ at, remove }) => at + remove));
  if (more < 0) yield [...edits, { at: end, remove: 0, insert: filled(bytes, end, -more) }];
  else if (touched + more <= end)
    yield [...edits, { at: end - more, remove: more, insert: new Uint8Array() }];
}

function* counts(bytes: Buffer, from: number, to: number, separators: readonly string[]): Generator<Edit[]> {
  for (const separator of separators) {
    const between = Buffer.from(separator, separator.length === 1 ? 'latin1' : 'utf8');
    const count = occurrences(bytes, between);
    if (count !== from && count + 1 !== from) continue;
    for (const field of ['1', ''])
      yield [
        { at: bytes.length, remove: 0, insert: Buffer.from((separator + field).repeat(to - from), 'latin1') },
      ];
  }
}

function occurrences(bytes: Buffer, needle: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(needle); at !== -1 && count <= MAX_LENGTH; at = bytes.indexOf(needle, at + 1))
    count++;
  return count;
}
