import { totals } from '../campaign/totals.ts';
import { harmless } from '../harmless.ts';
import type { Context, Section } from './section.ts';
import { clip, padEnd, sides, width } from './text.ts';
import { brief, clock, count, percent, span } from './units.ts';

/** Columns that a name of a target should have at least. */
const NAME = 16;
/** Between numbers; where they stand farther apart they are no longer seen at one glance. */
const GAP = 2;
const WIDEST_GAP = 8;

/** `kcovjs parser.mjs                     00:12:34, 47 min left` */
export function title({ state, columns, colors }: Context): Section {
  const { targets, phase, elapsed, left } = state;
  const [only] = targets;
  const name = targets.length === 1 ? harmless(only!.name) : `${targets.length} targets`;
  const word = phase === 'running' ? '' : `${phase} `;
  const long = `${word}${clock(elapsed)}${left === undefined ? '' : `, ${span(left)} left`}`;
  const right = width(long) + NAME < columns ? long : clock(elapsed);
  const line = sides(`${colors.bold('kcovjs')} ${colors.cyan(name)}`, right, columns);
  return { name: 'title', most: 1, draw: (rows) => [line].slice(0, rows) };
}

/** The four numbers that matter, each above what it is. */
export function numbers({ state, columns, colors }: Context): Section {
  const { rate, executions, inputs, newInputs, covered, sites } = totals(state);
  const share = sites === 0 ? 0 : covered / sites;
  const long = [
    [count(rate), 'executions/s'],
    [count(executions), 'executions'],
    [count(inputs), newInputs > 0 ? `inputs, ${brief(newInputs)} new` : 'inputs'],
    [`${count(covered)} / ${count(sites)}`, `places covered, ${percent(share)}`],
  ] as const satisfies Cell[];
  const short = [
    [brief(rate), 'exec/s'],
    [brief(executions), 'total'],
    [brief(inputs), 'inputs'],
    [percent(share), 'covered'],
  ] as const satisfies Cell[];
  const cells = widthOf(long) <= columns ? long : short;
  const gap = Math.min(WIDEST_GAP, GAP + Math.floor((columns - widthOf(cells)) / cells.length));
  const line = (at: 0 | 1): string =>
    cells
      .map((cell) => padEnd(cell[at], cellWidth(cell) + gap))
      .join('')
      .trimEnd();
  const lines = [colors.bold(line(0)), colors.dim(line(1))].map((text) => clip(text, columns));
  return { name: 'numbers', most: 2, draw: (rows) => lines.slice(0, rows) };
}

type Cell = readonly [value: string, caption: string];

/** Columns of a number and of what it is. */
const cellWidth = ([value, caption]: Cell): number => Math.max(width(value), width(caption));

const widthOf = (cells: readonly Cell[]): number =>
  cells.reduce((sum, cell) => sum + cellWidth(cell) + GAP, -GAP);
