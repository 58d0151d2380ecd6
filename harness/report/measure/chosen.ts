/** Inputs that are looked at closely. */
const MAX_DETAILS = 2000;
/** PCs of all their traces: four bytes each. */
const MAX_ORDERED = 1 << 26;
/** Further inputs whose comparisons are looked at. */
export const MAX_COMPARING = 2000;

export interface Usefulness {
  /** For how many PCs each input is the smallest, and for how many among the smallest. */
  first: Uint32Array;
  among: Uint32Array;
  /** PCs in the trace of each. */
  length: Float64Array;
}

/** Inputs of the corpus that are the smallest for something, the most useful first, until there are enough. */
export function mostUseful({ first, among, length }: Usefulness): number[] {
  const ranked = [...among.keys()].filter((input) => among[input]! > 0);
  ranked.sort((a, b) => first[b]! - first[a]! || among[b]! - among[a]! || a - b);
  let room = MAX_ORDERED;
  return ranked.slice(0, MAX_DETAILS).filter((input) => {
    const fits = length[input]! <= room;
    if (fits) room -= length[input]!;
    return fits;
  });
}

/** At most `limit` of `count` numbers from 0 on, evenly spread. */
export function spread(count: number, limit: number): number[] {
  const step = Math.max(1, count / limit);
  return Array.from({ length: Math.min(count, limit) }, (_, i) => Math.floor(i * step));
}
