import { type Lines, stateOf } from './lines.ts';

/** First line of some that were not reached, or one that was partly. */
export function startsBlock(lines: Lines, line: number): boolean {
  const state = stateOf(lines.details.get(line - 1));
  if (state === 'partly') return true;
  if (state !== 'uncovered' && state !== 'never') return false;
  for (let above = line - 2; above >= 0; above--) {
    const before = stateOf(lines.details.get(above));
    if (before) return before !== state;
  }
  return true;
}

/** The next such line, around the end of the file. */
export function next(
  lines: Lines,
  from: number,
  wanted: (line: number) => boolean,
  forward: boolean,
): number | undefined {
  const count = lines.texts.length;
  for (let step = 1; step <= count; step++) {
    const line = ((((from - 1 + (forward ? step : -step)) % count) + count) % count) + 1;
    if (wanted(line)) return line;
  }
  return undefined;
}
