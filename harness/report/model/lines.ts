import type { FileCoverageData, Range as Location } from 'istanbul-lib-coverage';
import { LINE_STATES, type LineState } from '../page/data.ts';
import { Nesting } from './nesting.ts';

/** What istanbul's counters say of a line that has code. */
export interface LineCount {
  state: LineState;
  /** The most often that a statement on it ran. */
  hits: number;
}

interface Tally {
  hits: number;
  /** Whether something on it did not run. */
  lacks: boolean;
  /** Whether all that did not run stands in functions that were never entered. */
  never: boolean;
}

/** The lines on which a statement begins, in their order. */
export function linesOf(data: FileCoverageData): Map<number, LineCount> {
  const never = neverEntered(data);
  const tallies = new Map<number, Tally>();
  for (const [id, { start }] of Object.entries(data.statementMap)) {
    const tally = tallies.get(start.line) ?? { hits: 0, lacks: false, never: true };
    const hits = data.s[id]!;
    tally.hits = Math.max(tally.hits, hits);
    if (hits === 0) {
      tally.lacks = true;
      tally.never &&= never(start);
    }
    tallies.set(start.line, tally);
  }
  for (const line of linesOfShutArms(data)) {
    const tally = tallies.get(line);
    if (tally !== undefined) tally.lacks = true;
  }
  const sorted = [...tallies].sort(([a], [b]) => a - b);
  return new Map(sorted.map(([line, tally]) => [line, { state: stateOf(tally), hits: tally.hits }]));
}

function stateOf({ hits, lacks, never }: Tally): LineState {
  if (hits > 0) return lacks ? 'partly' : 'covered';
  return never ? 'never' : 'uncovered';
}

export const stateIndex = (state: LineState): number => LINE_STATES.indexOf(state);

function* linesOfShutArms({ branchMap, b }: FileCoverageData): Generator<number> {
  for (const [id, { loc, locations }] of Object.entries(branchMap))
    for (let arm = 0; arm < locations.length; arm++)
      if (b[id]![arm] === 0) yield locations[arm]!.start.line ?? loc.start.line;
}

/** Whether a place stands in a function that was never entered. */
function neverEntered({ fnMap, f }: FileCoverageData): (place: Location['start']) => boolean {
  const functions = new Nesting(Object.entries(fnMap).map(([id, { loc }]) => ({ loc, id })));
  return (place) => {
    const around = functions.innermost(place);
    return around !== undefined && f[around.id] === 0;
  };
}
