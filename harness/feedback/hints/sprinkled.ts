import { overwrite } from './edit.ts';
import type { Steps } from './found.ts';
import type { Input } from './input.ts';
import { jsonEdits } from './json.ts';
import type { Operand } from './operand.ts';
import { placesOf } from './places.ts';
import type { Random } from './random.ts';
import { tokensOf } from './tokens.ts';

/** Candidates of one input. */
const MAX_CANDIDATES = 256;
/** Texts from which structured inputs grow. */
const SEEDS = ['{}', '[]', '""', '0'];

/** Candidates with words of a dictionary at random places: nobody has asked for them, but somebody may. */
export function* sprinkled(input: Input, words: readonly Operand[], random: Random): Steps {
  for (const seed of SEEDS) yield [{ at: 0, remove: input.bytes.length, insert: Buffer.from(seed) }];
  if (words.length === 0) return;
  const places = placesOf(input.bytes);
  for (let i = 0; i < MAX_CANDIDATES; i++) {
    const word = random.pick(words);
    const structured = random.oneIn(2) ? [...jsonEdits(input.bytes, word)] : [];
    if (structured.length > 0) {
      yield random.pick(structured);
      continue;
    }
    const tokens = tokensOf(word);
    // The word as it is, mostly; sometimes encoded.
    const token = random.oneIn(4) ? random.pick(tokens) : tokens[0]!;
    const place = random.pick(places);
    yield [random.oneIn(2) ? { ...place, insert: token } : overwrite(input.bytes.length, place.at, token)];
  }
}
