import type { FileCoverageData, FunctionMapping } from 'istanbul-lib-coverage';
import type { Count, FunctionDetail } from '../page/data.ts';
import type { OriginalFile } from './files.ts';
import { Nesting } from './nesting.ts';
import { rangeOf } from './originals.ts';
import { keyOf, type PartFunction } from './parts.ts';
import { type Reach, together } from './reach.ts';
import type { Source } from './source.ts';

type Known = PartFunction & { source: Source };

/** istanbul's functions by our names, in the order of the text. What stands in a function within it is that one's. */
export function functionsOf({ coverage, parts }: OriginalFile, reach: Reach): FunctionDetail[] {
  const { data } = coverage;
  const known = new Map<string, Known[]>();
  for (const { source, functions } of parts)
    for (const one of functions) {
      const at = known.get(one.key) ?? [];
      at.push({ ...one, source });
      known.set(one.key, at);
    }
  const counts = countsOf(data);
  const details = Object.entries(data.fnMap).map(([id, mapping]) => {
    const ours = known.get(keyOf(mapping.loc.start)) ?? [];
    const { inputs, smallest } = together(ours.map(({ source, entry }) => reach.of(source, entry)));
    return {
      name: ours[0]?.sites.name ?? mapping.name,
      range: rangeOf(spanOf(mapping)),
      calls: data.f[id]!,
      ...counts.get(id)!,
      pcs: pcsOf(ours, reach),
      inputs,
      smallest,
    };
  });
  return details.sort(({ range: a }, { range: b }) => a[0] - b[0] || a[1] - b[1]);
}

/** From its name to the end of its body. */
const spanOf = ({ decl, loc }: FunctionMapping) => ({ start: decl.start, end: loc.end });

function pcsOf(functions: readonly Known[], reach: Reach): Count {
  let [covered, total] = [0, 0];
  for (const { source, sites } of functions)
    for (const site of sites.sites) {
      if (site.kind !== 'block') continue;
      total++;
      if (reach.hits(source, site) > 0) covered++;
    }
  return [covered, total];
}

interface Counts {
  statements: [number, number];
  branches: [number, number];
}

/** Statements and branches by the innermost function around them. */
function countsOf({ fnMap, statementMap, s, branchMap, b }: FileCoverageData): Map<string, Counts> {
  // Default values stand before the body.
  const functions = Object.entries(fnMap).map(([id, mapping]) => ({ id, loc: spanOf(mapping) }));
  const nesting = new Nesting(functions);
  const counts = new Map<string, Counts>();
  for (const { id } of functions) counts.set(id, { statements: [0, 0], branches: [0, 0] });
  const add = (kind: keyof Counts, place: { line: number; column: number }, hits: number): void => {
    const around = nesting.innermost(place);
    if (around === undefined) return;
    const count = counts.get(around.id)![kind];
    count[1]++;
    if (hits > 0) count[0]++;
  };
  for (const [id, { start }] of Object.entries(statementMap)) add('statements', start, s[id]!);
  for (const [id, { loc }] of Object.entries(branchMap))
    for (const hits of b[id]!) add('branches', loc.start, hits);
  return counts;
}
