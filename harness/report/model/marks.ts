import type { FileCoverageData } from 'istanbul-lib-coverage';
import type { Mark, Range } from '../page/data.ts';
import type { LineCount } from './lines.ts';
import { rangeOf } from './originals.ts';

/** What did not run on lines that did, in the order of the text; of branches those to which execution came. */
export function marksOf(data: FileCoverageData, lines: ReadonlyMap<number, LineCount>): Mark[] {
  const marks = [...statementMarks(data, lines), ...branchMarks(data)];
  return marks.sort(({ range: a }, { range: b }) => a[0] - b[0] || a[1] - b[1]);
}

function* statementMarks(
  { statementMap, s }: FileCoverageData,
  lines: ReadonlyMap<number, LineCount>,
): Generator<Mark> {
  for (const [id, loc] of Object.entries(statementMap))
    if (s[id] === 0 && lines.get(loc.start.line)!.hits > 0)
      yield { range: rangeOf(loc), kind: 'statement', title: 'never ran' };
}

type BranchType = 'if' | 'cond-expr' | 'switch' | 'binary-expr' | 'default-arg';

function* branchMarks({ branchMap, b }: FileCoverageData): Generator<Mark> {
  for (const [id, { type, loc, locations }] of Object.entries(branchMap)) {
    const counts = b[id]!;
    const visits = visitsOf(type as BranchType, counts);
    if (visits === 0) continue;
    for (let arm = 0; arm < locations.length; arm++) {
      if (counts[arm] !== 0) continue;
      const range = type === 'if' ? keyword(rangeOf(loc)) : rangeOf(locations[arm]!);
      const times = visits === null ? '' : `, ${visits} ${visits === 1 ? 'time' : 'times'} here`;
      yield { range, kind: 'branch', title: `${nameOf(type as BranchType, arm)}: never taken${times}` };
    }
  }
}

/** How often the branch was come to; null where the counters do not say. */
function visitsOf(type: BranchType, counts: readonly number[]): number | null {
  const sum = counts.reduce((all, count) => all + count, 0);
  if (type === 'if' || type === 'cond-expr') return sum;
  if (type === 'binary-expr') return counts[0]!;
  return type === 'switch' && sum === 0 ? 0 : null;
}

function nameOf(type: BranchType, arm: number): string {
  switch (type) {
    case 'if':
    case 'cond-expr':
      return arm === 0 ? 'then' : 'else';
    case 'switch':
      return 'case';
    case 'binary-expr':
      return 'operand';
    default:
      return 'default';
  }
}

/** The arms of an `if` may be long, or not there. */
const keyword = ([line, column]: Range): Range => [line, column, line, column + 'if'.length];
