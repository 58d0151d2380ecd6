import { diffArrays } from 'diff';

/** The line of the other text that is the same as each, counted from 1, both; 0 where there is none. Entry 0 is of no line. */
export type Alignment = Uint32Array;

/** Edits that are looked for; time grows with their square. */
const MAX_EDITS = 2000;

/**
 * Which lines of two revisions are the same.
 *
 * @returns for each line of either the line of the other; turned round it is the same
 */
export function align(one: string, other: string): [Alignment, Alignment] {
  const [a, b] = [linesOf(one), linesOf(other)];
  const pairs: Pairs = [new Uint32Array(a.length + 1), new Uint32Array(b.length + 1)];
  // Of several ways to align, the same one is found whichever is called the old one.
  if (one <= other) join(a, b, pairs);
  else join(b, a, [pairs[1], pairs[0]]);
  return pairs;
}

type Pairs = [Alignment, Alignment];
type Lines = readonly string[];

export const linesOf = (text: string): string[] => text.split(/\r\n|[\n\r\u2028\u2029]/);

function join(a: Lines, b: Lines, pairs: Pairs): void {
  const shorter = Math.min(a.length, b.length);
  let head = 0;
  while (head < shorter && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < shorter - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  for (let i = 0; i < head; i++) pair(pairs, i, i);
  for (let i = 1; i <= tail; i++) pair(pairs, a.length - i, b.length - i);
  const [restA, restB] = [a.slice(head, a.length - tail), b.slice(head, b.length - tail)];
  for (const [i, k] of edited(restA, restB) ?? unique(restA, restB)) pair(pairs, head + i, head + k);
}

function pair([ofA, ofB]: Pairs, i: number, k: number): void {
  ofA[i + 1] = k + 1;
  ofB[k + 1] = i + 1;
}

/** @returns indices of what is the same; null where too much is edited */
function edited(a: Lines, b: Lines): [number, number][] | null {
  const changes = diffArrays([...a], [...b], { maxEditLength: MAX_EDITS });
  if (changes === undefined) return null;
  const same: [number, number][] = [];
  let [i, k] = [0, 0];
  for (const { added, removed, count = 0 } of changes) {
    if (!added && !removed) for (let n = 0; n < count; n++) same.push([i + n, k + n]);
    if (!added) i += count;
    if (!removed) k += count;
  }
  return same;
}

/** As patience diff does: lines that are there once in either, as many as are in order, and what is equal around them. */
function unique(a: Lines, b: Lines): [number, number][] {
  const [onceA, onceB] = [indicesOfUnique(a), indicesOfUnique(b)];
  const both = [...onceA].flatMap(([line, i]): [number, number][] => {
    const k = onceB.get(line);
    return k === undefined ? [] : [[i, k]];
  });
  return grown(a, b, longestRising(both));
}

function indicesOfUnique(lines: Lines): Map<string, number> {
  const once = new Map<string, number>();
  const more = new Set<string>();
  lines.forEach((line, i) => {
    if (once.delete(line)) more.add(line);
    else if (!more.has(line)) once.set(line, i);
  });
  return once;
}

/** @param pairs with rising first numbers */
function longestRising(pairs: readonly [number, number][]): [number, number][] {
  /** By length less 1: the index of the pair with the smallest second number that ends such a sequence. */
  const ends: number[] = [];
  const before = new Int32Array(pairs.length);
  pairs.forEach(([, k], at) => {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (pairs[ends[middle]!]![1] < k) low = middle + 1;
      else high = middle;
    }
    before[at] = low === 0 ? -1 : ends[low - 1]!;
    ends[low] = at;
  });
  const rising: [number, number][] = [];
  for (let at = ends.at(-1) ?? -1; at !== -1; at = before[at]!) rising.push(pairs[at]!);
  return rising.reverse();
}

/** Adds equal lines before and behind each pair, as far as the next one. */
function grown(a: Lines, b: Lines, anchors: readonly [number, number][]): [number, number][] {
  const all: [number, number][] = [];
  let [usedA, usedB] = [0, 0];
  anchors.forEach(([i, k], at) => {
    if (i < usedA || k < usedB) return;
    let [startA, startB] = [i, k];
    while (startA > usedA && startB > usedB && a[startA - 1] === b[startB - 1]) {
      startA--;
      startB--;
    }
    const [endA, endB] = anchors[at + 1] ?? [a.length, b.length];
    let length = i - startA;
    while (startA + length < endA && startB + length < endB && a[startA + length] === b[startB + length])
      length++;
    for (let n = 0; n < length; n++) all.push([startA + n, startB + n]);
    [usedA, usedB] = [startA + length, startB + length];
  });
  return all;
}
