import type { Mark } from '../data.ts';
import type { Colours } from './highlight.ts';

/** Marks one in the other, of which so many say what they are. */
const TOLD = 5;

/** Text of one look. */
export interface Segment {
  text: string;
  /** Of colours and marks. */
  classes: string;
  /** What the marks on it say. */
  title?: string;
}

/**
 * Cuts a line where its look changes.
 *
 * @param line from 1
 * @param offset of the line in the text that was coloured
 */
export function segments(
  text: string,
  line: number,
  offset: number,
  colours: Colours | undefined,
  marks: readonly Mark[] = [],
): Segment[] {
  const painted = colours ? colourRanges(colours, offset, offset + text.length) : [];
  const marked = marks
    .map((mark) => ({ mark, ...onLine(mark, line, text) }))
    .filter(({ from, to }) => from < to)
    .sort((a, b) => a.from - b.from);
  if (!painted.length && !marked.length) return [{ text, classes: '' }];
  const cuts = new Set([0, text.length]);
  for (const { from, to } of [...painted, ...marked]) cuts.add(from).add(to);
  const places = [...cuts].sort((a, b) => a - b);
  const result: Segment[] = [];
  let [colour, mark] = [0, 0];
  let over: typeof marked = [];
  for (const [at, from] of places.slice(0, -1).entries()) {
    while (colour < painted.length && painted[colour]!.to <= from) colour++;
    over = over.filter(({ to }) => to > from);
    while (mark < marked.length && marked[mark]!.from <= from) over.push(marked[mark++]!);
    const name = painted[colour] && painted[colour]!.from <= from ? painted[colour]!.name : '';
    result.push({ text: text.slice(from, places[at + 1]), ...look(name, over) });
  }
  return result;
}

function look(colour: string, over: readonly { mark: Mark }[]): Omit<Segment, 'text'> {
  if (!over.length) return { classes: colour };
  const kind = over.some(({ mark }) => mark.kind === 'branch') ? 'branch' : 'statement';
  const title = over
    .slice(-TOLD)
    .map(({ mark }) => mark.title)
    .join('\n');
  return { classes: `${colour} mark mark-${kind}`, title };
}

/** What a mark covers of a line: not the white space before. */
function onLine({ range }: Mark, line: number, text: string): { from: number; to: number } {
  const [first, column, last, end] = range;
  const indent = text.length - text.trimStart().length;
  const from = line === first ? column - 1 : indent;
  const to = line === last ? end - 1 : text.length;
  const clamp = (place: number) => Math.min(text.length, Math.max(0, place));
  return { from: clamp(from), to: Math.max(clamp(from), clamp(to)) };
}

function colourRanges({ starts, ends, classes }: Colours, from: number, to: number) {
  const result: { from: number; to: number; name: string }[] = [];
  for (let at = firstAfter(ends, from); at < starts.length && starts[at]! < to; at++)
    result.push({
      from: Math.max(0, starts[at]! - from),
      to: Math.min(to, ends[at]!) - from,
      name: classes[at]!,
    });
  return result;
}

/** First index whose end lies behind a place. */
function firstAfter(ends: readonly number[], place: number): number {
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ends[middle]! <= place) low = middle + 1;
    else high = middle;
  }
  return low;
}
