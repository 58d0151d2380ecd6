import { codeFrameColumns } from '@babel/code-frame';
import { harmlessLine } from '../harmless.ts';
import { clip, width } from './text.ts';

/** Counted from 1, both. */
export interface CodePlace {
  line: number;
  column: number;
}

export interface FrameStyle {
  color: boolean;
  /** Columns that a line takes at most. */
  width: number;
}

const [ABOVE, BELOW] = [2, 3];
/** Characters of a line that are looked at: those of minified files are long. */
const LONGEST = 1000;
/** What stands before the code, with digits of the line's number: `> 12 | `. */
const GUTTER = 5;
const NARROWEST = 20;

/** The lines around a place in a text, and a mark at it; none where the text has no such place. */
export function codeFrame(text: string, { line, column }: CodePlace, style: FrameStyle): string[] {
  const lines = text.split(/\r\n|[\n\r\u2028\u2029]/);
  const marked = lines[line - 1];
  if (marked === undefined || column < 1 || column > marked.length + 1) return [];
  const first = Math.max(1, line - ABOVE);
  const shown = lines.slice(first - 1, line + BELOW);
  const room = Math.max(NARROWEST, style.width - GUTTER - String(first + shown.length - 1).length);

  const start = startOf(marked, column, room);
  const options = {
    startLine: first,
    linesAbove: ABOVE,
    linesBelow: BELOW,
    highlightCode: false,
    forceColor: style.color,
  };
  const code = shown.map((one) => part(one, start, room)).join('\n');
  const place = { start: { line, column: columnIn(marked, start, column) } };
  return codeFrameColumns(code, place, options).split('\n');
}

/** How many characters are left out at the start of lines, so that two thirds of the room are before the place. */
function startOf(marked: string, column: number, room: number): number {
  const before = (2 * room) / 3;
  if (width(harmlessLine(marked)) <= room) return 0;
  if (width(harmlessLine(marked.slice(0, column - 1))) <= before) return 0;
  let [start, used] = [column - 1, 0];
  while (start > 0 && used < before - 1) used += width(harmlessLine(marked[--start]!));
  return start;
}

const part = (line: string, start: number, room: number): string =>
  clip(`${start > 0 && line !== '' ? '…' : ''}${harmlessLine(line.slice(start, start + LONGEST))}`, room);

const columnIn = (marked: string, start: number, column: number): number =>
  width(harmlessLine(marked.slice(start, column - 1))) + (start > 0 ? 2 : 1);
