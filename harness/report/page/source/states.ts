import type { LineState } from '../data.ts';

/** Not by colour alone. */
export const SIGNS: Readonly<Record<LineState, string>> = {
  covered: '✓',
  partly: '◐',
  uncovered: '✗',
  never: '∅',
};
export const STATE_WORDS: Readonly<Record<LineState, string>> = {
  covered: 'covered',
  partly: 'partly covered',
  uncovered: 'not covered',
  never: 'in a function that was never entered',
};
