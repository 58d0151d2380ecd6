import type { Door, FileDetail, LineDetail, LineState, Mark } from '../data.ts';
import { LINE_STATES } from '../data.ts';

/** A mark on many lines is shown on so many of them. */
const MARKED_LINES = 100;

/** A file by its lines, from 0: what is shown of each. */
export interface Lines {
  texts: readonly string[];
  /** Offset of each line in the text. */
  offsets: Uint32Array;
  details: ReadonlyMap<number, LineDetail>;
  marks: ReadonlyMap<number, readonly Mark[]>;
  doors: ReadonlyMap<number, readonly number[]>;
  /** Columns of the longest, as they are shown. */
  width: number;
}

/** As ECMAScript counts lines, and Babel with it. */
function splitLines(text: string): { texts: string[]; offsets: Uint32Array } {
  const texts: string[] = [];
  const offsets: number[] = [];
  let from = 0;
  for (const { index, 0: end } of text.matchAll(/\r\n|[\n\r\u2028\u2029]/g)) {
    texts.push(text.slice(from, index));
    offsets.push(from);
    from = index + end.length;
  }
  return { texts: [...texts, text.slice(from)], offsets: Uint32Array.from([...offsets, from]) };
}

export function linesOf(detail: FileDetail, doors: readonly (readonly [number, Door])[]): Lines {
  const { texts, offsets } = splitLines(detail.text ?? '');
  const marks = new Map<number, Mark[]>();
  for (const mark of detail.marks) {
    const [first, , last] = mark.range;
    for (let line = first; line <= Math.min(last, first + MARKED_LINES); line++) add(marks, line - 1, mark);
  }
  const byLine = new Map<number, number[]>();
  for (const [number, door] of doors) add(byLine, door.place[0] - 1, number);
  return {
    texts,
    offsets,
    details: new Map(detail.lines.map((line) => [line[0] - 1, line])),
    marks,
    doors: byLine,
    width: texts.reduce((widest, text) => Math.max(widest, columns(text)), 0),
  };
}

export const stateOf = (line: LineDetail | undefined): LineState | undefined => line && LINE_STATES[line[1]];

function add<T>(map: Map<number, T[]>, key: number, value: T): void {
  const there = map.get(key);
  if (there) there.push(value);
  else map.set(key, [value]);
}

const TAB = 4;
/** Wide characters count two. */
function columns(text: string): number {
  let width = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    width += code === 9 ? TAB - (width % TAB) : code < 0x20 ? 5 : code < 0x1100 ? 1 : 2;
  }
  return width;
}
