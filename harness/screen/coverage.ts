import type { TargetState } from '../campaign/state.ts';
import { totals } from '../campaign/totals.ts';
import { chart } from './chart.ts';
import type { Context, Section } from './section.ts';
import { clip, padStart, sides, width } from './text.ts';
import { brief, percent, span } from './units.ts';

/** A chart that is higher shows no more. */
const CHART_ROWS = 6;
/** Below so many there is no room for a scale of time. */
const SCALED_ROWS = 3;

/** How long ago something new was reached, and coverage over time where there is one target. */
export function coverage(context: Context): Section {
  const { state } = context;
  const [only] = state.targets;
  const hasChart = state.targets.length === 1 && only!.history.length > 0 && state.elapsed > 0;
  const most = 1 + (hasChart ? CHART_ROWS + 1 : 0);
  return {
    name: 'coverage',
    most,
    draw: (rows) => {
      if (rows === 0) return [];
      return [freshness(context), ...(rows > 1 ? chartLines(only!, context, rows - 1) : [])];
    },
  };
}

/** `new code 4 s ago    stability 99.8 %` */
function freshness({ state, columns, colors }: Context): string {
  const { sinceNew, stability, executions } = totals(state);
  const news = sinceNew === undefined ? 'no code reached yet' : `new code ${span(sinceNew)} ago`;
  return sides(news, executions === 0 ? '' : colors.dim(`stability ${percent(stability)}`), columns);
}

function chartLines({ history }: TargetState, { state, columns, colors }: Context, rows: number): string[] {
  const hasScale = rows > SCALED_ROWS;
  const label = Math.max(...[history[0]!, history.at(-1)!].map(({ covered }) => width(brief(covered))));
  const room = Math.max(1, columns - label - 1);
  const { lines, low, high } = chart(history, state.elapsed, room, rows - (hasScale ? 1 : 0));
  const labels = lines.map((_, row) =>
    row === 0 ? brief(high) : row === lines.length - 1 ? brief(low) : '',
  );
  const drawn = lines.map((line, row) => `${colors.dim(padStart(labels[row]!, label))} ${colors.cyan(line)}`);
  const scale = colors.dim(`${' '.repeat(label + 1)}${sides('0', span(state.elapsed), room)}`);
  return (hasScale ? [...drawn, scale] : drawn).map((line) => clip(line, columns));
}
