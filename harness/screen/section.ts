import type { CampaignState } from '../campaign/state.ts';
import type { Colors } from './colors.ts';

/** What parts of the screen are drawn from. */
export interface Context {
  state: CampaignState;
  columns: number;
  colors: Colors;
}

/** Part of the screen that takes as many lines as it is given, and not more. */
export interface Section {
  name: string;
  /** How many lines it would have. */
  most: number;
  draw(rows: number): string[];
}

/** A section gets up to so many lines, as far as they are left; with `whole`, all of these or none. */
export interface Step {
  name: string;
  rows: number;
  whole?: boolean;
}

/** Rows of numbers that are wider are hard to follow. */
export const TABLE = 110;

/** The step at which empty lines are put between sections. */
export const GAPS = 'gaps';

/** Lines of sections in their order, at most `rows`; the steps share them out, one after the other. */
export function share(sections: readonly Section[], steps: readonly Step[], rows: number): string[] {
  const given = new Map(sections.map(({ name }) => [name, 0]));
  const shown = sections.filter(({ most }) => most > 0).length;
  let [left, gaps] = [rows, 0];
  for (const { name, rows: upTo, whole } of steps) {
    const before = given.get(name) ?? 0;
    const most = name === GAPS ? shown - 1 : (sections.find((section) => section.name === name)?.most ?? 0);
    const wanted = Math.max(0, Math.min(upTo, most) - before);
    const granted = wanted <= left ? wanted : whole ? 0 : left;
    if (name === GAPS) gaps = granted;
    else given.set(name, before + granted);
    left -= granted;
  }
  const drawn = sections
    .map((section) => section.draw(given.get(section.name)!))
    .filter(({ length }) => length > 0);
  return drawn.flatMap((lines, i) => (gaps > 0 && i > 0 ? ['', ...lines] : lines));
}
