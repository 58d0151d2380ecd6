import { stripVTControlCharacters } from 'node:util';
import cliTruncate from 'cli-truncate';
import stringWidth from 'string-width';

/** Printable ASCII and braille: a column each, and nearly all that there is. */
const NARROW = /^[\x20-\x7e\u2800-\u28ff]*$/;

/**
 * Columns that a line takes at most. Some terminals join characters (flags, families, conjuncts), others do not: here
 * each counts by itself, so that what fits does so in all of them.
 */
export function width(text: string): number {
  const plain = stripVTControlCharacters(text);
  if (NARROW.test(plain)) return plain.length;
  let columns = 0;
  for (const character of plain) columns += stringWidth(character);
  return columns;
}

/** A line cut to at most so many columns; colours end where they should. */
export function clip(text: string, columns: number): string {
  let clipped = text;
  for (let room = columns; clipped !== '' && width(clipped) > columns; room--)
    clipped = cliTruncate(text, room);
  return clipped;
}

export const padEnd = (text: string, columns: number): string =>
  text + ' '.repeat(Math.max(0, columns - width(text)));

export const padStart = (text: string, columns: number): string =>
  ' '.repeat(Math.max(0, columns - width(text))) + text;

/** A line with something at either side; where there is no room for both, the left one is cut. */
export function sides(left: string, right: string, columns: number): string {
  if (right === '') return clip(left, columns);
  const room = columns - width(right) - 1;
  if (room < 1) return clip(right, columns);
  return `${padEnd(clip(left, room), room)} ${right}`;
}

/** Words in lines of at most so many columns. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line === '' || width(longer) <= columns) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line].map((one) => clip(one, columns));
}
