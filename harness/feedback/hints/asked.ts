import type { Edit } from './edit.ts';
import type { Steps } from './found.ts';
import type { Input } from './input.ts';
import { jsonEdits } from './json.ts';
import { text } from './operand.ts';
import type { Place } from './places.ts';
import type { Random } from './random.ts';

/** Words of an input that give way. */
const MAX_WORDS = 48;
/** Candidates of one kind: where there would be more, some of all. */
const MAX_CANDIDATES = 256;
/** Text beyond is not looked at. */
const MAX_TEXT = 1 << 14;

/** Names, and what stands between the marks of most formats: `example.com`, `xml-stylesheet`. */
const WORDS = [/[\w$]+/g, /[^\s,;:&=|/\\"'`(){}[\]<>!?#]+/g];

/**
 * Candidates with words that somebody asks for, a bug detector or a user's dictionary: in the place of each word of the
 * input, once and wherever it stands, since a tag is closed by its name; and in JSON as a key and a value.
 */
export function* asked(input: Input, words: readonly string[], random: Random): Steps {
  const operands = words.map(text);
  input.work += input.bytes.length * words.length;
  const places = placesOf(input.bytes);
  const edits = (word: string, same: readonly Place[]): Edit[] =>
    same.map((place) => ({ ...place, insert: Buffer.from(word) }));
  yield* some(
    words.flatMap((word) => places.map((same) => edits(word, same))),
    random,
  );
  for (const operand of operands) yield* jsonEdits(input.bytes, operand);
  const repeated = places.filter((same) => same.length > 1);
  yield* some(
    words.flatMap((word) => repeated.flatMap((same) => edits(word, same).map((edit) => [edit]))),
    random,
  );
}

/** Where each of the words stands. */
function placesOf(input: Buffer): Place[][] {
  const source = input.toString('latin1', 0, MAX_TEXT);
  const found = new Map<string, Place[]>();
  for (const pattern of WORDS)
    for (const { index: at, 0: word } of source.matchAll(pattern)) {
      const places = found.get(word) ?? [];
      if (places.length === 0 && found.size >= MAX_WORDS) continue;
      // What is a word by both patterns stands there once.
      if (!places.some((place) => place.at === at)) places.push({ at, remove: word.length });
      found.set(word, places);
    }
  return [...found.values()];
}

/** All, in their order, or as many of them as may be. */
const some = (all: readonly Edit[][], random: Random): readonly Edit[][] =>
  all.length <= MAX_CANDIDATES ? all : Array.from({ length: MAX_CANDIDATES }, () => random.pick(all));
