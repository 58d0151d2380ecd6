import type { BenchPackage } from './packages.ts';
import { Random } from './random.ts';
import { median } from './statistics.ts';

/** One large input: many documents, each small enough for one trace. */
export interface Load {
  /** Bytes of one document, roughly. */
  size: number;
  documents: number;
}

export function makeLoad({ document }: BenchPackage, { size, documents }: Load): Buffer[] {
  return Array.from({ length: documents }, (_, i) => document(size, new Random(i + 1)));
}

export interface Pace {
  /** Milliseconds to warm up in, at least. */
  warmUp: number;
  /** Milliseconds to measure in, at least. */
  measure: number;
  /** Passes of each, at least. */
  passes: number;
}

/**
 * The milliseconds that one pass takes, after the compiler had its time: the median of all passes, of which the
 * collector of garbage and other processes disturb some.
 */
export function timePasses(pass: () => void, { warmUp, measure, passes }: Pace): number {
  repeat(pass, warmUp, passes);
  return median(repeat(pass, measure, passes));
}

function repeat(pass: () => void, milliseconds: number, least: number): number[] {
  const times: number[] = [];
  const end = performance.now() + milliseconds;
  while (times.length < least || performance.now() < end) {
    const start = performance.now();
    pass();
    times.push(performance.now() - start);
  }
  return times;
}
