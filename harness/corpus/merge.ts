import { addAll, type Bits, countCommon, removeAll } from './bitset.ts';
import { cover } from './cover.ts';
import type { Imported } from './import.ts';
import { type LeftOut, type Measured, Measurements } from './measure.ts';
import { type Executing, onEach, type Trace } from './pool.ts';

export interface MergeRequest {
  /** Inputs that stay whatever they reach: those of the folder that is merged into. */
  there: readonly Imported[];
  inputs: readonly Imported[];
  /** Starts a process that executes inputs. */
  start: () => Executing;
  /** How many of them run side by side. */
  workers: number;
  /** Takes lines for a person. */
  say: (line: string) => void;
  /** Called after each execution: inputs that were executed, of how many, and for which time. */
  progress?: (done: number, all: number, round: number) => void;
}

export interface Merged {
  /** Those of `there` that do not fail. */
  there: Measured[];
  /** What else is needed, in the order in which they were given. */
  added: Measured[];
  /** Inputs of different content, and their bytes. */
  inputs: number;
  bytes: number;
  /** PCs that what is kept reaches. */
  pcs: number;
  /** PCs that were reached and did not come back, so that nothing is kept for them. */
  flaky: number;
  leftOut: LeftOut;
  overflowed: number;
  executions: number;
}

/**
 * Finds a small set of inputs that reaches every PC that all of them reach.
 *
 * Each input is executed once. Those that would be kept are executed once more, in fresh processes, so that what
 * happened by chance or once in a process is not what an input is kept for; until all that is kept is so confirmed.
 *
 * @throws what starting a process throws
 */
export async function merge(request: MergeRequest): Promise<Merged> {
  const { there, say } = request;
  const measurements = new Measurements(say);
  const sources = [...there, ...request.inputs];
  await inParallel(request, [...sources.keys()], 0, (trace, i) =>
    measurements.measure(trace, i, sources[i]!),
  );
  const first = [...measurements.measured.values()];
  const kept = await confirmed(request, measurements);
  const of = (numbers: readonly number[]): Measured[] => numbers.map((i) => measurements.measured.get(i)!);
  const pcs = countPcs(of(kept));
  return {
    there: of(kept.filter((i) => i < there.length)),
    added: of(kept.filter((i) => i >= there.length)),
    inputs: first.length,
    bytes: first.reduce((sum, { size }) => sum + size, 0),
    pcs,
    flaky: countPcs(first) - pcs,
    leftOut: measurements.leftOut,
    overflowed: measurements.overflowed,
    executions: measurements.executions,
  };
}

/** Numbers of the inputs that are kept, each of them confirmed. */
async function confirmed(request: MergeRequest, measurements: Measurements): Promise<number[]> {
  for (let round = 1; ; round++) {
    const kept = choose(measurements, request.there.length);
    const open = kept.filter((i) => !measurements.measured.get(i)!.confirmed);
    if (open.length === 0) return kept;
    await inParallel(request, open, round, (trace, i) => measurements.confirm(trace, i));
  }
}

async function inParallel(
  { start, workers, progress }: MergeRequest,
  numbers: readonly number[],
  round: number,
  work: (trace: Trace, number: number) => Promise<void>,
): Promise<void> {
  let done = 0;
  await onEach(numbers, { start, workers: Math.min(workers, numbers.length) }, async (trace, number) => {
    await work(trace, number);
    progress?.(++done, numbers.length, round);
  });
}

/** Numbers of the inputs that are kept, as far as is known. */
function choose(measurements: Measurements, there: number): number[] {
  const all = [...measurements.measured].sort(([a], [b]) => a - b);
  const fixed = all.filter(([i]) => i < there);
  const others = representatives(all.filter(([i]) => i >= there));
  const required = union(others.map(([, one]) => one.bits));
  for (const pc of measurements.flaky()) required[pc >>> 5]! &= ~(1 << (pc & 31));
  for (const [, { bits }] of fixed) removeAll(required, bits);
  const chosen = cover(
    others.map(([, one]) => one),
    required,
  );
  return [...fixed.map(([i]) => i), ...chosen.map((at) => others[at]![0])];
}

/** Of inputs that reach the same only one comes into question: the smallest, then a confirmed one, then the fastest. */
function representatives(all: readonly [number, Measured][]): [number, Measured][] {
  const best = new Map<Bits, [number, Measured]>();
  for (const entry of all) {
    const other = best.get(entry[1].bits);
    if (other === undefined || rank(entry[1], other[1]) < 0) best.set(entry[1].bits, entry);
  }
  return [...best.values()];
}

const rank = (a: Measured, b: Measured): number =>
  a.size - b.size || Number(b.confirmed) - Number(a.confirmed) || a.milliseconds - b.milliseconds;

function union(sets: readonly Bits[]): Bits {
  const all = new Uint32Array(sets.reduce((most, { length }) => Math.max(most, length), 0));
  for (const bits of sets) addAll(all, bits);
  return all;
}

const countPcs = (inputs: readonly Measured[]): number => {
  const all = union(inputs.map(({ bits }) => bits));
  return countCommon(all, all);
};
