import type { Edit } from './edit.ts';
import type { Steps } from './found.ts';
import type { RankedGoal } from './goals.ts';
import type { Input } from './input.ts';
import { swapsOf } from './swaps.ts';

/** Goals that are met at once. */
const MAX_GOALS = 64;
/** Encodings of each that are looked for. */
const MAX_SWAPS = 12;

/**
 * Candidates in which all that was found is replaced at once: several conditions that are folded into one show no
 * progress while the last of them does not hold. What is compared later is expected later in the input.
 */
export function* combined(input: Input, goals: readonly RankedGoal[]): Steps {
  const edits: Edit[] = [];
  for (const shortest of [2, 1]) {
    edits.length = 0;
    let near = 0;
    for (const goal of goals.slice(0, MAX_GOALS)) {
      const edit = firstEdit(input, goal, near, edits, shortest);
      if (edit !== null) {
        edits.push(edit);
        near = edit.at + edit.remove;
      }
      yield null;
    }
    if (edits.length > 1) yield [...edits];
  }
}

/** @param shortest needle that counts as found */
function firstEdit(
  input: Input,
  goal: RankedGoal,
  near: number,
  taken: readonly Edit[],
  shortest: number,
): Edit | null {
  let count = 0;
  for (const { needle, replacement, fold } of swapsOf(goal)) {
    if (++count > MAX_SWAPS) return null;
    if (needle.length < shortest) continue;
    const remove = needle.length;
    const at = input
      .find(needle, fold, near)
      .find((place) => taken.every((edit) => place + remove <= edit.at || place >= edit.at + edit.remove));
    if (at !== undefined) return { at, remove, insert: replacement };
  }
  return null;
}
