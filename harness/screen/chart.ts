export interface Chart {
  lines: string[];
  /** PCs at the lower and the upper edge. */
  low: number;
  high: number;
}

type History = readonly { at: number; covered: number }[];

/** Braille, since it is narrow everywhere: two columns of four dots a character, from below. */
const DOTS = [
  [0x40, 0x04, 0x02, 0x01],
  [0x80, 0x20, 0x10, 0x08],
] as const;
const BLANK = 0x2800;

/**
 * Coverage over time, filled below, between what the first point had and what the last has.
 *
 * @param until milliseconds since the start at the right edge
 */
export function chart(history: History, until: number, columns: number, rows: number): Chart {
  const [low, high] = [history[0]?.covered ?? 0, history.at(-1)?.covered ?? 0];
  const heights = levels(history, until, columns * 2, (covered) =>
    high === low ? 1 : 1 + Math.round(((covered - low) / (high - low)) * (rows * 4 - 1)),
  );
  const lines = Array.from({ length: rows }, (_, row) => {
    const below = (rows - 1 - row) * 4;
    return Array.from({ length: columns }, (_, column) =>
      cell(heights[column * 2]! - below, heights[column * 2 + 1]! - below),
    ).join('');
  });
  return { lines, low, high };
}

/** What was covered at each of so many times; 0 before the first point. */
function levels(history: History, until: number, dots: number, level: (covered: number) => number): number[] {
  let next = 0;
  return Array.from({ length: dots }, (_, i) => {
    const time = (until * (i + 1)) / dots;
    while (next < history.length && history[next]!.at <= time) next++;
    return next === 0 ? 0 : level(history[next - 1]!.covered);
  });
}

function cell(left: number, right: number): string {
  const bits = [left, right].map((height, side) =>
    DOTS[side]!.slice(0, Math.max(0, height)).reduce((sum, dot) => sum | dot, 0),
  );
  const dots = bits[0]! | bits[1]!;
  // Some fonts draw circles where there are no dots.
  return dots === 0 ? ' ' : String.fromCodePoint(BLANK | dots);
}
