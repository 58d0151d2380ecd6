import {
  decodedMappings,
  type SourceMapInput,
  type SourceMapSegment,
  TraceMap,
} from '@jridgewell/trace-mapping';
import type { FileCoverageData } from 'istanbul-lib-coverage';
import type { SourceMap } from '../../../src/loader/source-map.ts';
import { withoutArms, withoutPlaces } from './places.ts';

/**
 * Coverage with its map, as vitest's istanbul reads it: what ends in a line that leads nowhere, as that of a brace alone,
 * ends where the last thing before it stands. The published istanbul finds no end there, and leaves it out; so such lines
 * lead to that thing, and what begins in one is left out here.
 */
export function withMap(coverage: FileCoverageData, map: SourceMap): FileCoverageData {
  const empty = new Set<number>();
  let last: SourceMapSegment | undefined;
  const mappings = decodedMappings(new TraceMap(map as SourceMapInput)).map((segments, i) => {
    if (segments.length > 0) {
      last = segments.findLast((segment) => segment.length > 1) ?? last;
      return segments;
    }
    empty.add(i + 1);
    return last === undefined ? [] : [[0, ...last.slice(1)]];
  });
  withoutArms(coverage, ({ line }) => empty.has(line));
  // Of a branch whose arms are all gone nothing is left.
  for (const [id, { locations }] of Object.entries(coverage.branchMap))
    if (locations.length === 0) {
      delete coverage.branchMap[id];
      delete coverage.b[id];
    }
  withoutPlaces(coverage, ({ line }) => empty.has(line));
  return { ...coverage, inputSourceMap: { ...map, mappings } } as FileCoverageData;
}
