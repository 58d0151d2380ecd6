import { isMet } from './goals.ts';
import { hashNumbers } from './hash.ts';
import type { LoggedSite, NumberCompare } from './log.ts';

/** Steps that are told apart: of a loop at one place, and of how near two operands are. */
const MAX_STEP = 64;
/** Features in all. What is new afterwards is not told. */
const MAX_FEATURES = 1 << 17;

/** Kinds of features, so that they do not share numbers. */
const MET = 1;
const UP_TO = 2;
const COMMON = 3;
const TOGETHER = 4;

/** How near two unequal numbers have come at one place: in bits that differ, and in their difference. */
interface Nearest {
  bits: number;
  difference: number;
}

/** Numbers that are further from each other are no sums of few differences, and come nearer by accident. */
const MAX_DIFFERENCE = 1 << 16;
/** How much nearer is nearer. */
const NEARER = 15 / 16;

/**
 * What comparisons tell of a way towards a goal that coverage does not see: the k-th comparison of a place holds
 * for the first time, or its operands have come nearer than ever.
 */
export class Progress {
  readonly #features = new Set<number>();
  readonly #nearest = new Map<number, Nearest>();

  /** Takes in what a run compared. @returns the places, by their PCs, at which something of it is new */
  add(sites: Iterable<LoggedSite>): Set<number> {
    const fresh = new Set<number>();
    for (const site of sites) if (this.#addSite(site)) fresh.add(site.pc);
    return fresh;
  }

  /** Takes in places whose strings or bytes hold together in one input. @returns whether these never did */
  addMet(sites: ReadonlySet<number>): boolean {
    return this.#addFeature(hashNumbers(...[...sites].sort((a, b) => a - b)), TOGETHER, sites.size);
  }

  #addSite(site: LoggedSite): boolean {
    let isNew = false;
    const { pc, sequence, memory } = site;
    const steps = Math.min(sequence.length, MAX_STEP);
    for (let k = 0; k < steps; k++) if (isMet(sequence[k]!)) isNew = this.#addFeature(pc, MET, k) || isNew;
    const first = sequence.findIndex((compare) => !isMet(compare));
    if (first !== -1) isNew = this.#addFeature(pc, UP_TO, first) || isNew;
    isNew = this.#isNearer(pc, sequence) || isNew;
    for (const { arg1, arg2 } of memory)
      if (arg1.type === 'text' && arg2.type === 'text')
        isNew = this.#addFeature(pc, COMMON, commonLength(arg1.text, arg2.text)) || isNew;
    return isNew;
  }

  /** A loop may fold what it compares into one number, as a sum of differences or as bits that differ. */
  #isNearer(pc: number, sequence: readonly NumberCompare[]): boolean {
    const nearest = this.#nearest.get(pc) ?? { bits: 17, difference: MAX_DIFFERENCE };
    let isNearer = false;
    for (const { arg1, arg2 } of sequence) {
      if (arg1.size > 4 || arg1.word === arg2.word) continue;
      const difference = Math.abs(Number(arg1.word) - Number(arg2.word));
      if (difference >= MAX_DIFFERENCE) continue;
      const bits = countBits(Number(arg1.word ^ arg2.word));
      if (bits < nearest.bits || difference < nearest.difference * NEARER) isNearer = true;
      nearest.bits = Math.min(nearest.bits, bits);
      nearest.difference = Math.min(nearest.difference, difference);
    }
    if (isNearer && this.#nearest.size < MAX_FEATURES) this.#nearest.set(pc, nearest);
    return isNearer;
  }

  #addFeature(pc: number, kind: number, value: number): boolean {
    const feature = hashNumbers(pc, kind, value);
    if (this.#features.size >= MAX_FEATURES || this.#features.has(feature)) return false;
    this.#features.add(feature);
    return true;
  }
}

/** Of a number of 32 bits. */
function countBits(value: number): number {
  let bits = 0;
  for (let rest = value | 0; rest !== 0; rest &= rest - 1) bits++;
  return bits;
}

function commonLength(a: string, b: string): number {
  let i = 0;
  while (i < MAX_STEP && i < a.length && a[i] === b[i]) i++;
  return i;
}
