import { overflowed, type Recording, type Trace } from '../collect.ts';
import type { OrderedSection } from './executed.ts';

/** What traces of PCs come to. PCs are low halves. */

export const isFull = (traces: readonly Trace[]): boolean => traces.some((trace) => overflowed(trace));

/** Each PC of several traces once. */
export function distinctPcs(traces: readonly Trace[]): Uint32Array {
  const seen = new Set<number>();
  for (const { words } of traces) {
    const halves = halvesOf(words);
    const end = 2 * halves[0]!;
    for (let i = 2; i <= end; i += 2) seen.add(halves[i]!);
  }
  return Uint32Array.from(seen);
}

/** Each PC of several traces, and how often it is there. */
export function countedPcs(traces: readonly Trace[]): { pcs: Uint32Array; counts: Uint32Array } {
  const counts = new Map<number, number>();
  for (const { words } of traces) {
    const halves = halvesOf(words);
    const end = 2 * halves[0]!;
    for (let i = 2; i <= end; i += 2) counts.set(halves[i]!, (counts.get(halves[i]!) ?? 0) + 1);
  }
  return { pcs: Uint32Array.from(counts.keys()), counts: Uint32Array.from(counts.values()) };
}

/** The traces of a run in their order: its own, and those of remote sections that have any PCs. */
export function orderedSections({ remotes, ...own }: Recording): OrderedSection[] {
  const further = remotes.map(({ subsystem, id, ...trace }) => ({
    remote: { subsystem: String(subsystem), id: String(id) },
    ...ordered(trace),
  }));
  return [ordered(own), ...further.filter(({ pcs }) => pcs.length > 0)];
}

function ordered(trace: Trace): OrderedSection {
  const halves = halvesOf(trace.words);
  const pcs = Uint32Array.from({ length: halves[0]! }, (_, i) => halves[2 * (i + 1)]!);
  return { pcs, overflowed: overflowed(trace) };
}

const halvesOf = (words: BigUint64Array): Uint32Array =>
  new Uint32Array(words.buffer, words.byteOffset, 2 * words.length);
