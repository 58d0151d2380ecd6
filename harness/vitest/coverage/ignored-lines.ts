import { readFileSync } from 'node:fs';
import {
  GREATEST_LOWER_BOUND,
  LEAST_UPPER_BOUND,
  originalPositionFor,
  type SourceMapInput,
  sourceContentFor,
  TraceMap,
} from '@jridgewell/trace-mapping';
import type { FileCoverageData, Location } from 'istanbul-lib-coverage';
import type { SourceMap } from '../../../src/loader/source-map.ts';
import { withoutPlaces } from './places.ts';

const HINT = /\s*istanbul\s+ignore\s+(start|stop)/;

/**
 * Takes away what begins between `istanbul ignore start` and `istanbul ignore stop` in the files that a person wrote,
 * which vitest's istanbul knows, and the published one does not.
 */
export function removeIgnoredLines(coverage: FileCoverageData, map: SourceMap): void {
  const traced = new TraceMap(map as SourceMapInput);
  const lines = new Map<string, ReadonlySet<number>>();
  for (const source of traced.sources) {
    if (source !== null) lines.set(source, ignoredLines(textOf(traced, source)));
  }
  if ([...lines.values()].every(({ size }) => size === 0)) return;
  withoutPlaces(coverage, (place) => {
    const { source, line } = originalOf(traced, place);
    return source !== null && line !== null && lines.get(source)!.has(line);
  });
}

/** Lines, counted from 1. An end without a beginning is none, and a beginning without an end lasts to the last line. */
function ignoredLines(text: string): ReadonlySet<number> {
  const ignored = new Set<number>();
  if (!text.includes('istanbul')) return ignored;
  let isIgnoring = false;
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    const hint = HINT.exec(line)?.[1];
    if (hint === 'start') isIgnoring = true;
    if (isIgnoring) ignored.add(i + 1);
    if (hint === 'stop') isIgnoring = false;
  }
  return ignored;
}

function originalOf(map: TraceMap, { line, column }: Location) {
  const below = originalPositionFor(map, { line, column, bias: GREATEST_LOWER_BOUND });
  return below.source !== null ? below : originalPositionFor(map, { line, column, bias: LEAST_UPPER_BOUND });
}

function textOf(map: TraceMap, source: string): string {
  try {
    return sourceContentFor(map, source) ?? readFileSync(source, 'utf8');
  } catch {
    return '';
  }
}
