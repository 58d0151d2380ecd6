import { type Pace, timePasses } from './timing.ts';

/** Loops that do next to nothing but pass one edge, or one edge and one comparison, in every turn. */
export const SOURCE = `function edges(n) { let s = 0; for (let i = n; i; i--) s = (s + i) | 0; return s; }
function compares(n) { let s = 0; for (let i = n; i; i--) s = (s + (i > 1000000)) | 0; return s; }
`;
export const COMMONJS = `${SOURCE}module.exports = { edges, compares };\n`;
export const MODULE = `${SOURCE}export { edges, compares };\n`;

/** Turns of one call: no trace of either kind runs full. */
const TURNS = 50_000;
const CALLS = 20;

export interface Loops {
  edges(turns: number): number;
  compares(turns: number): number;
}

/** Nanoseconds of one turn. */
export interface Turns {
  edges: number;
  compares: number;
}

/** @param before is called before each call, as an execution begins */
export function timeLoops({ edges, compares }: Loops, pace: Pace, before: () => void = () => {}): Turns {
  const time = (loop: (turns: number) => number): number =>
    timePasses(() => {
      for (let i = 0; i < CALLS; i++) {
        before();
        loop(TURNS);
      }
    }, pace) *
    (1e6 / (CALLS * TURNS));
  return { edges: time(edges), compares: time(compares) };
}
