import type { FindingState } from '../findings/finding.ts';
import { harmless } from '../harmless.ts';
import type { Context, Section } from './section.ts';
import { clip, padEnd, padStart, sides } from './text.ts';
import { brief, count, plural } from './units.ts';

/** `rejection`, the longest of the kinds. */
const KIND = 9;
/** From here on what the numbers at the right are is said above them. */
const WIDE = 60;
/** With fewer lines than these each is for a finding; how many there are is said above. */
const MORE = 4;
const TIMES = 8;
const AGAIN = 10;

/** How many there are, and the latest of them with their titles. */
export function findings({ state, columns, colors }: Context): Section {
  const { triage } = state;
  const list = state.findings.toSorted((a, b) => b.firstSeen - a.firstSeen);
  const waiting = triage === 0 ? '' : colors.dim(`, ${count(triage)} being looked at`);
  const number = list.length === 0 ? 'none yet' : colors.red(count(list.length));
  const captions =
    list.length > 0 && columns >= WIDE
      ? `${padStart('seen', TIMES)}${padStart('reproduced', AGAIN + 2)}`
      : '';
  const title = sides(`${colors.bold('findings')} ${number}${waiting}`, colors.dim(captions), columns);

  const line = ({ kind, title, count: times, reproduced }: FindingState): string => {
    const again = `${reproduced}/10`;
    const right =
      columns >= WIDE ? `${padStart(`${brief(times)}x`, TIMES)}${padStart(again, AGAIN + 2)}` : again;
    const left = `${colors.red(padEnd(kind, KIND))} ${harmless(title)}`;
    return sides(left, reproduced === 10 ? right : colors.yellow(right), columns);
  };
  const draw = (rows: number): string[] => {
    if (rows === 0) return [];
    if (rows > list.length) return [title, ...list.map(line)];
    if (rows < MORE) return [title, ...list.slice(0, rows - 1).map(line)];
    const shown = list.slice(0, rows - 2);
    const more = colors.dim(`and ${plural(list.length - shown.length, 'other')}: kcovjs findings lists them`);
    return [title, ...shown.map(line), clip(more, columns)];
  };
  return { name: 'findings', most: 1 + list.length, draw };
}
