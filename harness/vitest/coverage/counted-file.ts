import { createRequire } from 'node:module';
import type { FileCoverageData } from 'istanbul-lib-coverage';
import { counterOf } from '../../../src/instrument/sites.ts';
import { cached } from '../../../src/loader/cached.ts';
import type { SourceMap } from '../../../src/loader/source-map.ts';
import { fileCoverage } from '../../report/coverage.ts';
import { sourceOf } from '../../report/model/source.ts';
import { removeIgnoredLines } from './ignored-lines.ts';
import { withMap } from './mapped-places.ts';

/** A file as vitest runs it, before it is instrumented. */
export interface CountedFile {
  filename: string;
  code: string;
  map: SourceMap;
}

/**
 * istanbul's coverage of the code, by its counters. Its map leads to the files that a person wrote.
 *
 * @param counters none where the file was never loaded
 * @throws where the code cannot be parsed
 */
export function coverageOf(
  { filename, code, map }: CountedFile,
  counters: readonly number[],
  ignoreClassMethods: readonly string[],
): FileCoverageData {
  const coverage = coverageByCounter(code, filename, ignoreClassMethods);
  const counted = (counter: number): number => counters[counter] ?? 0;
  for (const id of Object.keys(coverage.s)) coverage.s[id] = counted(coverage.s[id]!);
  for (const id of Object.keys(coverage.f)) coverage.f[id] = counted(coverage.f[id]!);
  for (const id of Object.keys(coverage.b)) coverage.b[id] = coverage.b[id]!.map(counted);
  removeIgnoredLines(coverage, map);
  return withMap(coverage, map);
}

/** The same with the numbers of counters in the place of counts. They are found once for all processes. */
function coverageByCounter(
  code: string,
  filename: string,
  ignoreClassMethods: readonly string[],
): FileCoverageData {
  const parts = ['coverage by counter', istanbulVersion(), filename, ignoreClassMethods];
  const text = cached(parts, code, () => {
    const options = { typed: false, counters: true, ignoreClassMethods };
    const coverage = fileCoverage(sourceOf(code, filename, 'module', options), counterOf);
    return { text: JSON.stringify(coverage), keep: true };
  });
  return JSON.parse(text) as FileCoverageData;
}

let version: string | undefined;

function istanbulVersion(): string {
  version ??= (createRequire(import.meta.url)('istanbul-lib-instrument/package.json') as { version: string })
    .version;
  return version;
}
