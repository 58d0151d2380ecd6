import type { Edit } from './edit.ts';
import type { Steps } from './found.ts';
import type { Input } from './input.ts';
import { jsonEdits } from './json.ts';
import { text } from './operand.ts';
import { type Place, wordPlaces } from './places.ts';
import type { Random } from './random.ts';

/** Candidates of one kind: where there would be more, some of all. */
const MAX_CANDIDATES = 256;

/**
 * Candidates with words that somebody asks for, a bug detector or a user's dictionary: in the place of each word of the
 * input, once and wherever it stands, since a tag is closed by its name; and in JSON as a key and a value.
 */
export function* asked(input: Input, words: readonly string[], random: Random): Steps {
  input.work += input.bytes.length * words.length;
  const places = wordPlaces(input.bytes);
  for (const [word, same] of pairs(words, places, random)) yield same.map((place) => put(word, place));
  for (const word of words) yield* jsonEdits(input.bytes, text(word));
  const repeated = places.filter((same) => same.length > 1).flat();
  for (const [word, place] of pairs(words, repeated, random)) yield [put(word, place)];
}

const put = (word: string, place: Place): Edit => ({ ...place, insert: Buffer.from(word) });

/** Each with each, in their order, or as many pairs as may be. */
function* pairs<A, B>(some: readonly A[], others: readonly B[], random: Random): Generator<[A, B]> {
  if (some.length * others.length <= MAX_CANDIDATES) {
    for (const one of some) for (const other of others) yield [one, other];
    return;
  }
  for (let i = 0; i < MAX_CANDIDATES; i++) yield [random.pick(some), random.pick(others)];
}
