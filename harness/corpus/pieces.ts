import type { Trial } from './trial.ts';

/** Cuts an input into pieces: where each begins, and the length of the whole. */
export type Cut = (data: Uint8Array) => Uint32Array;

/** Runs that are so short are tried at every place, and not only side by side. */
const SHORT = 4;

/** Each byte by itself. */
export function bytewise(): Cut {
  let all = new Uint32Array();
  return ({ length }) => {
    if (all.length <= length) all = Uint32Array.from({ length: length + 1 }, (_, i) => i);
    return all.subarray(0, length + 1);
  };
}

/** Lines, with what ends them. */
export const linewise: Cut = (data) => cutBy(data, /[^\n]*\n|[^\n]+/g);

/** Words, numbers, spaces, characters beyond ASCII, and single others. */
export const tokenwise: Cut = (data) =>
  cutBy(data, /[A-Za-z_$][\w$]*|\d+(?:\.\d+)?|\s+|[\x80-\xff]+|[\s\S]/g);

function cutBy(data: Uint8Array, pieces: RegExp): Uint32Array {
  const text = Buffer.from(data.buffer, data.byteOffset, data.length).toString('latin1');
  const starts = Array.from(text.matchAll(pieces), ({ index }) => index);
  return Uint32Array.from([...starts, data.length]);
}

/**
 * Removes runs of pieces: half of all at a time, then a quarter, and so on. At each length the end goes first, then
 * the beginning, then what is in between, from the end.
 *
 * @param least pieces that a run has at least
 */
export async function removeRuns(trial: Trial, cut: Cut, least = 1): Promise<void> {
  const pieces = cut(trial.best).length - 1;
  const most = 2 ** Math.floor(Math.log2(Math.max(pieces, 1)));
  for (let run = most; run >= least && !trial.isOver; run /= 2) {
    await removeFromStart(trial, cut, run);
    await removeFromEnd(trial, cut, run);
  }
}

async function removeFromStart(trial: Trial, cut: Cut, run: number): Promise<void> {
  for (;;) {
    const starts = cut(trial.best);
    if (run >= starts.length || !(await trial.attempt(trial.best.subarray(starts[run]!)))) return;
  }
}

async function removeFromEnd(trial: Trial, cut: Cut, run: number): Promise<void> {
  const step = run <= SHORT ? 1 : run;
  let starts = cut(trial.best);
  for (let end = starts.length - 1; end > 0 && !trial.isOver; ) {
    const start = Math.max(0, end - run);
    if (await trial.attempt(without(trial.best, starts[start]!, starts[end]!))) {
      starts = cut(trial.best);
      end = Math.min(start, starts.length - 1);
    } else end -= step;
  }
}

/** @returns a copy that lacks the bytes from `start` to before `end` */
export function without(data: Uint8Array, start: number, end: number): Uint8Array {
  return replaced(data, start, end, new Uint8Array());
}

/** @returns a copy with other bytes in that place */
export function replaced(data: Uint8Array, start: number, end: number, by: Uint8Array): Uint8Array {
  return Buffer.concat([data.subarray(0, start), by, data.subarray(end)]);
}
