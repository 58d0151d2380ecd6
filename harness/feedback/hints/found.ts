import { apply, type Edit, overwrite } from './edit.ts';
import { Input } from './input.ts';
import { type Goal, latin1 } from './operand.ts';
import { type Swap, swapsOf } from './swaps.ts';
import { TextView } from './text-view.ts';

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

/**
 * Text with characters that the decoder could not read lies in the input, or in what a part of it encodes, as other
 * bytes than its own.
 */
function* misread(input: Input, goal: Goal): Steps {
  const { seen, wanted } = goal;
  if (seen.type !== 'text' || wanted.type !== 'text' || !seen.text.includes('\ufffd')) return;
  input.work += input.bytes.length;
  if (input.text !== null) yield* inText(input.text, goal.relation, seen.text, wanted.text);
  for (const { at, length, content, encode } of input.encoded) {
    input.work += content.length;
    for (const [edit] of inText(new TextView(content), goal.relation, seen.text, wanted.text))
      yield [{ at, remove: length, insert: encode(apply(content, [edit!])) }];
  }
}

function* inText(
  view: TextView,
  relation: Goal['relation'],
  seen: string,
  wanted: string,
): Generator<Edit[]> {
  const insert = Buffer.from(wanted);
  let place = view.find(seen);
  for (let i = 0; place !== null && i < MAX_TEXTS; i++) {
    const { at, length, next } = place;
    yield [{ at, remove: length, insert }];
    if (relation === 'contains')
      for (const side of [at, at + length]) yield [{ at: side, remove: 0, insert }];
    place = view.find(seen, next);
  }
}
