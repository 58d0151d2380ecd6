import { addAll, type Bits, common, countCommon, members, removeAll } from './bitset.ts';
import { Heap } from './heap.ts';

/** What may be part of a cover. */
export interface Candidate {
  readonly bits: Bits;
  /** Bytes. */
  readonly size: number;
  readonly milliseconds: number;
}

/**
 * What candidates cost: one each, and one more for each mean size that they have. So a cover of few inputs is worth as
 * much as one of few bytes, and a huge input must bring much to stand for many small ones.
 */
export function costs(candidates: readonly { readonly size: number }[]): number[] {
  const mean = candidates.reduce((sum, { size }) => sum + size, 0) / candidates.length;
  return candidates.map(({ size }) => 1 + size / Math.max(mean, 1));
}

/**
 * Candidates that have together what is required, at a low cost: first those that have something alone, then again and
 * again the one that brings most for its cost, and without those, the costliest first, that are not needed after all.
 * What costs the same is told apart by time, then by its place.
 *
 * @param required what some candidate has; what none has is passed over
 * @returns places in the list, in rising order
 */
export function cover(candidates: readonly Candidate[], required: Bits): number[] {
  const missing = required.slice();
  const needed = alone(candidates, required);
  for (const i of needed) removeAll(missing, candidates[i]!.bits);
  const chosen = [...needed, ...greedy(candidates, missing)];
  return withoutRedundant(candidates, required, chosen).sort((a, b) => a - b);
}

/** Those that have something that no other has. */
function alone(candidates: readonly Candidate[], required: Bits): number[] {
  const once = new Uint32Array(required.length);
  const twice = new Uint32Array(required.length);
  for (const { bits } of candidates) {
    addAll(twice, common(once, bits));
    addAll(once, common(required, bits));
  }
  removeAll(once, twice);
  return candidates.flatMap(({ bits }, i) => (countCommon(bits, once) > 0 ? [i] : []));
}

interface Offer {
  readonly candidate: number;
  /** What it brought for its cost when it was last looked at; it never brings more later. */
  readonly value: number;
}

function greedy(candidates: readonly Candidate[], missing: Bits): number[] {
  const cost = costs(candidates);
  const worth = (i: number): number => countCommon(candidates[i]!.bits, missing) / cost[i]!;
  const heap = new Heap<Offer>((a, b) =>
    a.value === b.value ? isBetter(candidates, a.candidate, b.candidate) : a.value > b.value,
  );
  const offer = (candidate: number): void => {
    const value = worth(candidate);
    if (value > 0) heap.push({ candidate, value });
  };
  const chosen: number[] = [];
  for (let i = 0; i < candidates.length; i++) offer(i);
  for (let best = heap.pop(); best !== undefined; best = heap.pop()) {
    const { candidate, value } = best;
    if (worth(candidate) < value) {
      offer(candidate);
      continue;
    }
    chosen.push(candidate);
    removeAll(missing, candidates[candidate]!.bits);
  }
  return chosen;
}

function isBetter(candidates: readonly Candidate[], a: number, b: number): boolean {
  const [one, other] = [candidates[a]!, candidates[b]!];
  return (one.size - other.size || one.milliseconds - other.milliseconds || a - b) < 0;
}

function withoutRedundant(
  candidates: readonly Candidate[],
  required: Bits,
  chosen: readonly number[],
): number[] {
  const times = new Uint32Array(required.length * 32);
  const bitsOf = (i: number): Bits => common(candidates[i]!.bits, required);
  for (const i of chosen) for (const member of members(bitsOf(i))) times[member]!++;
  const kept = new Set(chosen);
  for (const i of [...chosen].sort((a, b) => (isBetter(candidates, a, b) ? 1 : -1))) {
    const own = [...members(bitsOf(i))];
    if (!own.every((member) => times[member]! > 1)) continue;
    kept.delete(i);
    for (const member of own) times[member]!--;
  }
  return [...kept];
}
