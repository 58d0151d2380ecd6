import type { CoverageMap, FileCoverageData, Location } from 'istanbul-lib-coverage';
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
  for (const source of sources) map.addFileCoverage(fileCoverage(source, hits));
  return (await sourceMaps.createSourceMapStore({}).transformCoverage(map)) as CoverageMap;
}

/** Puts the counts of blocks in the place of istanbul's counters. */
export function fileCoverage(source: Source, hits: Hits): FileCoverageData {
  const { analysis, maps } = source;
  const count = (site: Site): number => hits.get(textOffset(analysis.pcOf(site))) ?? 0;
  const countAt = (place: Location): number => count(analysis.blockAt(offsetOf(source, place)));
  const branches = new Map(analysis.branches.map((branch) => [branchKey(branch.type, branch.place), branch]));

  for (const [id, { start }] of Object.entries(maps.statementMap)) maps.s[id] = countAt(start);
  for (const [id, { loc }] of Object.entries(maps.fnMap)) maps.f[id] = countAt(loc.start);
  for (const [id, { type, loc, locations }] of Object.entries(maps.branchMap)) {
    const branch = branches.get(branchKey(type, loc.start));
    maps.b[id] = locations.map(
      (location, arm) => armCount(branch, arm, count) ?? countAt(location.start ?? loc.start),
    );
  }
  return maps;
}

/** Null where the arm has no site: it runs whenever what is around it does. */
const armCount = (branch: Branch | undefined, arm: number, count: (site: Site) => number): number | null => {
  const site = branch?.arms[arm];
  return site ? count(site) : null;
};

const branchKey = (type: string, { line, column }: Location): string => `${type} ${line}:${column}`;

const offsetOf = ({ lineStarts }: Source, { line, column }: Location): number =>
  (lineStarts[line - 1] ?? 0) + column;
