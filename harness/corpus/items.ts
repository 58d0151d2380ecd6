import { type Cut, removeRuns } from './pieces.ts';
import type { Trial } from './trial.ts';

const OPENING = /[([{<]/;
const CLOSING = /[)\]}>]/;
const SEPARATOR = /[,;&|\s]/;
const MARKS = /[([{<)\]}>,;&|\s]/g;

/** Levels that are looked at by themselves; deeper brackets come nearer as those around them go. */
const LEVELS = 12;

/** Removes items of lists, with what separates them, from the outermost brackets to the inner ones. */
export async function removeItems(trial: Trial): Promise<void> {
  for (let level = 0; level < LEVELS && !trial.isOver; level++) {
    // The last item goes with the separator before it, every other with the one behind.
    await removeRuns(trial, itemwise(level, 'behind'));
    await removeRuns(trial, itemwise(level, 'before'));
  }
}

/** Cuts at separators and brackets within so many brackets: `{`, `"a":1,`, `"b":[2]`, `}`. */
function itemwise(level: number, separator: 'before' | 'behind'): Cut {
  return (data) => {
    const text = Buffer.from(data.buffer, data.byteOffset, data.length).toString('latin1');
    const starts = new Set([0]);
    let depth = 0;
    for (const { 0: mark, index } of text.matchAll(MARKS)) {
      if (CLOSING.test(mark)) {
        if (depth <= level) starts.add(index);
        depth = Math.max(0, depth - 1);
      }
      if (SEPARATOR.test(mark) && depth <= level) starts.add(separator === 'behind' ? index + 1 : index);
      if (OPENING.test(mark) && ++depth <= level) starts.add(index + 1);
    }
    return Uint32Array.from([...[...starts].filter((start) => start < data.length), data.length]);
  };
}
