/** A change to an input: `remove` bytes from `at` on give way to `insert`. */
export interface Edit {
  at: number;
  remove: number;
  insert: Uint8Array;
}

/** @param edits do not overlap; in any order */
export function apply(input: Uint8Array, edits: readonly Edit[]): Uint8Array {
  const inOrder = edits.length === 1 ? edits : [...edits].sort((a, b) => a.at - b.at);
  let length = input.length;
  for (const { remove, insert } of inOrder) length += insert.length - remove;
  const output = new Uint8Array(length);
  let from = 0;
  let to = 0;
  for (const { at, remove, insert } of inOrder) {
    output.set(input.subarray(from, at), to);
    to += at - from;
    output.set(insert, to);
    to += insert.length;
    from = at + remove;
  }
  output.set(input.subarray(from), to);
  return output;
}

/** The edit that writes over what is there, as far as there is something, and resizes nothing but the end. */
export const overwrite = (length: number, at: number, insert: Uint8Array): Edit => ({
  at,
  remove: Math.min(insert.length, length - at),
  insert,
});
