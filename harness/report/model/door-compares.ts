import { textOffset } from '../../../src/abi/text.ts';
import type { BlockKind, Site } from '../../../src/instrument/sites.ts';
import type { ComparedOperand } from '../../executor/executed.ts';
import type { Compared, Measured } from '../measure/measured.ts';
import type { Shut } from './shut.ts';

/** Comparisons that are shown of one door. */
const MOST = 5;

/** Doors that a comparison opens. */
const COMPARING: ReadonlySet<BlockKind> = new Set(['then', 'else', 'case', 'loop', 'operand', 'rest']);

export interface Kept extends Compared {
  site: Site;
}

/** What keeps a door shut, the closest first; what was equal is not what keeps it shut, and comes last. */
export function comparesOf(door: Shut, compares: Measured['compares']): Kept[] {
  if (!COMPARING.has(door.kind)) return [];
  const { analysis } = door.source;
  const found = sitesOf(door).flatMap((site) =>
    (compares.get(textOffset(analysis.pcOf(site))) ?? []).map((one) => ({ ...one, site })),
  );
  const own = door.kind === 'case' ? found.filter(isOfCase(door)) : found;
  return own.sort((a, b) => rank(a) - rank(b) || a.input - b.input).slice(0, MOST);
}

/** Distances may be infinite, and what is infinite too is no distance of it. */
const rank = ({ distance }: Compared): number =>
  distance === 0 ? Number.MAX_VALUE : Math.min(distance, FARTHEST);
const FARTHEST = Number.MAX_VALUE / 2;

function sitesOf(door: Shut): Site[] {
  const { start, end, last, test } = door.decision;
  const { sites } = door.sites;
  const within = (from: number, to: number): Site[] =>
    allSites(door).filter((site) => site.kind === 'cmp' && from <= site.start && site.start < to);
  if (door.kind === 'case') {
    if (!test) return [];
    // The comparison of a `switch` with its literals stands where the statement does.
    const whole = sites.filter((site) => site.kind === 'cmp' && site.start === start);
    return [...whole, ...within(test.start, test.end)];
  }
  // What follows a `switch` is kept shut by its cases, what follows another statement by whatever is in it.
  if (door.kind === 'rest') return sites.filter((site) => site.kind === 'cmp' && site.start === start);
  // Whatever stands before the operand that decides has let execution through.
  const deciding = last === undefined ? [] : within(last.start, last.end);
  const own = deciding.length > 0 ? deciding : within(start, end);
  return own.length > 0 ? own : calledSites(door);
}

/** Of the function, and of those that stand in the text that decides. */
const allSites = ({ source, decision }: Shut): Site[] =>
  source.analysis.functions.flatMap(({ sites }) =>
    sites.filter(
      ({ start }) => decision.start <= start && start < Math.max(decision.end, decision.test?.end ?? 0),
    ),
  );

/** Of a switch's comparisons those with the case; where its test is no literal, it has a comparison of its own. */
function isOfCase({ source, decision }: Shut): (one: Kept) => boolean {
  const { test } = decision;
  if (!test) return () => false;
  const text = source.code.slice(test.start, test.end);
  return ({ site, left, right }) =>
    site.start !== decision.start || [left, right].some((side) => side.constant && isWrittenAs(side, text));
}

function isWrittenAs({ value }: ComparedOperand, text: string): boolean {
  if (typeof value === 'string') return /^['"`]/.test(text) && text.slice(1, -1) === value;
  if (typeof value === 'bigint') return text === `${value}n`;
  return typeof value === 'number' && Number(text.replaceAll('_', '')) === value;
}

const CALL = /^!*\s*([\p{ID_Start}$_][\p{ID_Continue}$]*)\(([^()]*)\)$/u;

/** `isDigit(c)`: what that function compares, where the file has one of that name. */
function calledSites({ source, decision }: Shut): Site[] {
  const name = CALL.exec(source.code.slice(decision.start, decision.end))?.[1];
  if (name === undefined) return [];
  const named = source.analysis.functions.filter((one) => one.name === name);
  return named.length === 1 ? named[0]!.sites.filter(({ kind }) => kind === 'cmp') : [];
}
