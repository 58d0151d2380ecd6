import type { Range } from '../page/data.ts';

/** Where lines end in JavaScript. */
const LINE_END = /\r\n|[\n\r\u2028\u2029]/g;

/** Characters before each line. */
export function lineStarts(text: string): number[] {
  const starts = [0];
  for (const { index, 0: end } of text.matchAll(LINE_END)) starts.push(index + end.length);
  return starts;
}

/** Ends ranges with their line where a map does not say where they end. */
export function clamped(text: string | null): (range: Range) => Range {
  let lines: string[] | null = null;
  return (range) => {
    if (Number.isFinite(range[3])) return range;
    lines ??= text?.split(LINE_END) ?? [];
    const [line, column, endLine] = range;
    const end = (lines[endLine - 1]?.length ?? 0) + 1;
    return [line, column, endLine, endLine === line ? Math.max(end, column) : end];
  };
}

/** What stands in a range. */
export function sliceOf(text: string, [line, column, endLine, endColumn]: Range): string {
  const starts = lineStarts(text);
  const offset = (at: number, column: number): number =>
    Math.min((starts[at - 1] ?? text.length) + column - 1, (starts[at] ?? text.length + 1) - 1);
  return text.slice(offset(line, column), offset(endLine, endColumn));
}

/** Text in one line, cut with an ellipsis. */
export function oneLine(text: string, length: number): string {
  // Longer text is cut before it is looked at whole.
  const line = text
    .slice(0, 4 * length)
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > length || text.length > 4 * length ? `${line.slice(0, length - 1)}…` : line;
}
