/** A span of an input that a token can take: `remove` is 0 where it is put in between. */
export interface Place {
  at: number;
  remove: number;
}

/** Bytes at the start of an input of which each is a place, for whatever is not text. */
const MAX_POSITIONS = 64;
const MAX_RUNS = 48;
/** Text beyond is not looked at. */
const MAX_TEXT = 1 << 14;

const NUMBER = /[+-]?(?:0[xX][0-9A-Fa-f]+|[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)/g;
const WORD = /[\w$-]+/g;
const FIELD = /[^\s,;:&=|/"'(){}[\]<>]+/g;
/** What stands between fields: text of another meaning may follow it. */
const SEPARATOR = /[\s,;:&=|/"'(){}[\]<>]/g;
/** Names, and what stands between the marks of most formats: `example.com`, `xml-stylesheet`. */
const NAMES = [/[\w$]+/g, /[^\s,;:&=|/\\"'`(){}[\]<>!?#]+/g];
const QUOTED = /"(?:[^"\\]|\\.){0,1024}"/g;

/** The places of an input where a token is most likely to be read as what it is. */
export function placesOf(input: Buffer): Place[] {
  const text = input.toString('latin1', 0, MAX_TEXT);
  const places = [
    { at: 0, remove: input.length },
    { at: input.length, remove: 0 },
    { at: 0, remove: 0 },
    ...runs(NUMBER, text),
    ...runs(WORD, text),
    ...runs(FIELD, text),
    ...insides(text),
    ...runs(SEPARATOR, text).map(({ at, remove }) => ({ at: at + remove, remove: 0 })),
  ];
  for (let at = 1; at < Math.min(input.length, MAX_POSITIONS); at++) places.push({ at, remove: 0 });
  return distinct(places);
}

/** For each of the words of an input, where it stands. */
export function wordPlaces(input: Buffer): Place[][] {
  const text = input.toString('latin1', 0, MAX_TEXT);
  const found = new Map<string, Map<number, Place>>();
  for (const pattern of NAMES)
    for (const { index: at, 0: word } of text.matchAll(pattern)) {
      if (!found.has(word) && found.size >= MAX_RUNS) continue;
      const places = found.get(word) ?? new Map<number, Place>();
      // What is a word by both patterns stands there once.
      found.set(word, places.set(at, { at, remove: word.length }));
    }
  return [...found.values()].map((places) => [...places.values()]);
}

/** Where a token of fixed length may be written over what is there. */
export const positionsOf = (input: Buffer): number => Math.min(input.length, MAX_POSITIONS);

function runs(pattern: RegExp, text: string): Place[] {
  const found: Place[] = [];
  for (const match of text.matchAll(pattern)) {
    found.push({ at: match.index, remove: match[0].length });
    if (found.length === MAX_RUNS) break;
  }
  return found;
}

/** What stands in quotes. */
const insides = (text: string): Place[] =>
  runs(QUOTED, text).map(({ at, remove }) => ({ at: at + 1, remove: remove - 2 }));

function distinct(places: readonly Place[]): Place[] {
  const seen = new Set<number>();
  return places.filter(({ at, remove }) => {
    const key = at * 2 ** 24 + remove;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
