import { overwrite } from './edit.ts';
import type { Steps } from './found.ts';
import type { Input } from './input.ts';
import { jsonEdits } from './json.ts';
import type { Operand } from './operand.ts';
import { placesOf, positionsOf } from './places.ts';
import { tokensOf } from './tokens.ts';

/** Candidates for an operand of which nothing was found in the input: its tokens, wherever they may be read. */
export function* placed(input: Input, wanted: Operand): Steps {
  const tokens = tokensOf(wanted);
  for (const token of tokens) yield [{ at: 0, remove: input.bytes.length, insert: token }];
  yield* jsonEdits(input.bytes, wanted);
  input.work += input.bytes.length;
  const places = placesOf(input.bytes);
  const positions = positionsOf(input.bytes);
  for (const token of tokens) {
    for (const place of places) yield [{ ...place, insert: token }];
    for (let at = 0; at < positions; at++) yield [overwrite(input.bytes.length, at, token)];
  }
}
