import type { CoverageMap, FileCoverageData, Location, Range } from 'istanbul-lib-coverage';
import coverage from 'istanbul-lib-coverage';
import sourceMaps from 'istanbul-lib-source-maps';
import { textOffset } from '../../src/abi/text.ts';
import type { Branch, Site } from '../../src/instrument/sites.ts';
import type { Source } from './model/source.ts';

/** How often each PC was reached, by its offset into kernel text. */
export type Hits = ReadonlyMap<number, number>;

/** Coverage of the files that a person wrote. */
export async function coverageOfSources(sources: readonly Source[], hits: Hits): Promise<CoverageMap> {
  const map = coverage.createCoverageMap({});
  for (const source of sources) {
    const { analysis } = source;
    map.addFileCoverage(fileCoverage(source, (site) => hits.get(textOffset(analysis.pcOf(site))) ?? 0));
  }
  return (await sourceMaps.createSourceMapStore({}).transformCoverage(map)) as CoverageMap;
}

/** Puts numbers of blocks, such as their counts, in the place of istanbul's counters. */
export function fileCoverage(source: Source, count: (site: Site) => number): FileCoverageData {
  const { analysis, maps } = source;
  const countAt = (place: Location): number => count(analysis.blockAt(offsetOf(source, place)));
  const branches = new Map(analysis.branches.map((branch) => [branchKey(branch.type, branch.place), branch]));

  for (const [id, { start }] of Object.entries(maps.statementMap)) maps.s[id] = countAt(start);
  for (const [id, { loc }] of Object.entries(maps.fnMap)) maps.f[id] = countAt(loc.start);
  for (const [id, { type, loc, locations }] of Object.entries(maps.branchMap)) {
    const branch = branches.get(branchKey(type, loc.start));
    maps.b[id] = locations.map((location) => {
      const arm = branch === undefined ? null : armAt(branch, location, loc);
      return arm === null ? countAt(location.start ?? loc.start) : count(arm);
    });
  }
  return maps;
}

/**
 * The site of an arm; null where it has none, since it runs whenever what is around it does. Arms that comments ask to
 * be ignored are missing, so their number says nothing.
 */
function armAt({ type, arms }: Branch, location: Range, whole: Range): Site | null {
  // istanbul has the whole for the first arm, and for an `else` that is not there nothing.
  if (type === 'if') return arms[isAt(location.start, whole.start) ? 0 : 1]!;
  if (type === 'default-arg') return arms[0]!;
  return arms.find((arm) => arm !== null && isAt(arm.place, location.start)) ?? null;
}

const isAt = (a: Location | undefined, b: Location): boolean => a?.line === b.line && a.column === b.column;

const branchKey = (type: string, { line, column }: Location): string => `${type} ${line}:${column}`;

const offsetOf = ({ lineStarts }: Source, { line, column }: Location): number =>
  (lineStarts[line - 1] ?? 0) + column;
