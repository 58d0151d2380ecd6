import type { TargetState } from '../campaign/state.ts';
import { harmless } from '../harmless.ts';
import { chart } from './chart.ts';
import { type Context, type Section, TABLE } from './section.ts';
import { clip, padStart, sides } from './text.ts';
import { brief, perSecond, plural, span } from './units.ts';

/** Columns from which on there is room for a chart, and for more than coverage. */
const WIDE = 80;
const MIDDLE = 60;
const SPARK = 12;

/** A line for each target, where there are several. */
export function targets({ state, columns: all, colors }: Context): Section {
  const columns = Math.min(all, TABLE);
  const list = state.targets;
  if (list.length === 1) return { name: 'targets', most: 0, draw: () => [] };
  const line = (target: TargetState): string => {
    const { rate, covered, sites, history, sinceNew } = target;
    const [spark] = chart(history, state.elapsed, SPARK, 1).lines;
    const news = sinceNew === undefined ? 'nothing yet' : `${span(sinceNew)} ago`;
    const cells = [
      padStart(perSecond(rate), 9),
      padStart(`${brief(covered)}/${brief(sites)}`, 13),
      colors.cyan(spark!),
      padStart(news, 11),
    ];
    const right = columns >= WIDE ? cells : columns >= MIDDLE ? [cells[0], cells[1], cells[3]] : [cells[1]];
    return sides(harmless(target.name), right.join(' '), columns);
  };
  const draw = (rows: number): string[] => {
    if (rows >= list.length) return list.map(line);
    const shown = list.slice(0, Math.max(0, rows - 1));
    const more = colors.dim(`and ${plural(list.length - shown.length, 'other')}`);
    return [...shown.map(line), clip(more, columns)].slice(0, rows);
  };
  return { name: 'targets', most: list.length, draw };
}
