import type { WorkerState } from '../campaign/state.ts';
import { totals } from '../campaign/totals.ts';
import { harmless } from '../harmless.ts';
import { type Context, type Section, TABLE } from './section.ts';
import { clip, padEnd, padStart, sides } from './text.ts';
import { brief, megabytes, perSecond, plural } from './units.ts';

/** More workers than these are summed up. */
const FEW = 8;
/** From here on there is room for more than what matters most. */
const WIDE = 60;

/** A line for all, and one for each where they are few. */
export function workers({ state, columns: all, colors }: Context): Section {
  const columns = Math.min(all, TABLE);
  const list = state.workers;
  if (list.length === 0) return { name: 'workers', most: 0, draw: () => [] };
  const { running, memory } = totals(state);
  const restarts = list.reduce((sum, worker) => sum + worker.restarts, 0);
  const details = [megabytes(memory), ...(restarts > 0 ? [plural(restarts, 'restart')] : [])].join(', ');
  const title = `${colors.bold('workers')} ${running} of ${list.length} running`;
  const lines = [sides(title, colors.dim(details), columns)];
  if (list.length <= FEW) lines.push(...list.map((worker) => line(worker)));
  return {
    name: 'workers',
    most: lines.length,
    draw: (rows) => lines.slice(0, rows < lines.length ? Math.min(1, rows) : rows),
  };

  function line({ number, state: at, rate, executions, memory, restarts, target }: WorkerState): string {
    const name = state.targets.length > 1 ? ` ${harmless(target)}` : '';
    const left = `${padStart(String(number), 4)}  ${at === 'running' ? at : colors.yellow(at)}${colors.dim(name)}`;
    const again = restarts === 0 ? '' : plural(restarts, 'restart');
    const cells = [
      ...(columns >= WIDE ? [colors.dim(padEnd(again, 12)), padStart(brief(executions), 7)] : []),
      padStart(perSecond(rate), 9),
      padStart(megabytes(memory), 8),
    ];
    return clip(sides(left, cells.join('  '), columns), columns);
  }
}
