import { apply, type Edit, overwrite } from './edit.ts';
import { Input } from './input.ts';
import type { Goal } from './operand.ts';
import { type Swap, swapsOf } from './swaps.ts';

/** A step of a search: edits that make a candidate, or null where it worked and has none to show. */
export type Steps = Generator<Edit[] | null>;

/** Places of U+FFFD's that are tried. */
const MAX_TEXTS = 8;

/**
 * Candidates in which what was seen is found in the input, in one of its likely encodings, and is replaced by what
 * is wanted in the same one.
 *
 * @param near where to look first
 */
export function* found(input: Input, goal: Goal, near: number): Steps {
  yield* misread(input, goal);
  const tried = new Set<string>();
  for (const swap of swapsOf(goal)) {
    const key = `${swap.fold}${latin1(swap.needle)}/${latin1(swap.replacement)}`;
    if (tried.has(key)) continue;
    tried.add(key);
    yield* direct(input, swap, near);
    if (swap.plain) yield* decoded(input, swap);
    yield null;
  }
}

function* direct(input: Input, { needle, replacement, fold }: Swap, near: number): Steps {
  for (const at of input.find(needle, fold, near)) {
    yield [{ at, remove: needle.length, insert: replacement }];
    if (replacement.length !== needle.length) yield [overwrite(input.bytes.length, at, replacement)];
  }
}

/** The same in the parts that are decoded, which are encoded again. */
function* decoded(input: Input, { needle, replacement, fold }: Swap): Steps {
  if (needle.length < 2) return; // A byte lies in anything.
  for (const { at, length, content, encode } of input.encoded) {
    const inside = new Input(content);
    for (const place of inside.find(needle, fold, 0).slice(0, 2)) {
      const changed = apply(content, [{ at: place, remove: needle.length, insert: replacement }]);
      yield [{ at, remove: length, insert: encode(changed) }];
    }
    input.work += content.length;
  }
}

/** Text with characters that the decoder could not read lies in the input as other bytes than its own. */
function* misread(input: Input, { seen, wanted, relation }: Goal): Steps {
  if (seen.type !== 'text' || wanted.type !== 'text' || !seen.text.includes('\ufffd')) return;
  const insert = Buffer.from(wanted.text);
  input.work += input.bytes.length;
  let place = input.text?.find(seen.text) ?? null;
  for (let i = 0; place !== null && i < MAX_TEXTS; i++) {
    yield [{ at: place.at, remove: place.length, insert }];
    if (relation === 'contains') yield [{ at: place.at, remove: 0, insert }];
    place = input.text!.find(seen.text, place.next);
  }
}

const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
