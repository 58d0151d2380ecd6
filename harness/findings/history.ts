import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { historyFile } from './folders.ts';

/** Coverage over time, of one run of a campaign. */
export interface HistoryRun {
  /** Milliseconds since the epoch. */
  start: number;
  points: readonly HistoryPoint[];
}

export interface HistoryPoint {
  /** Since the start. */
  seconds: number;
  /** PCs that were reached, and sites there are. */
  covered: number;
  sites: number;
  /** In the corpus. */
  inputs: number;
  executions: number;
}

const count = z.number().nonnegative();
const SCHEMA = z.looseObject({
  start: count,
  seconds: count,
  covered: count,
  sites: count,
  inputs: count,
  executions: count,
});

/**
 * Runs of the campaigns of a corpus, the first one first. Lines that are broken, such as the last one of a campaign that
 * was killed, are left out; where there is no file, or none that can be read, there are no runs.
 */
export function readHistory(corpus: string): HistoryRun[] {
  const runs = new Map<number, HistoryPoint[]>();
  for (const line of linesOf(historyFile(corpus))) {
    const entry = parsed(line);
    if (entry === undefined) continue;
    const { start, seconds, covered, sites, inputs, executions } = entry;
    const points = runs.get(start) ?? [];
    runs.set(start, points);
    points.push({ seconds, covered, sites, inputs, executions });
  }
  return [...runs]
    .sort(([a], [b]) => a - b)
    .map(([start, points]) => ({ start, points: points.sort((a, b) => a.seconds - b.seconds) }));
}

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    return [];
  }
}

function parsed(line: string): z.infer<typeof SCHEMA> | undefined {
  try {
    return SCHEMA.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
