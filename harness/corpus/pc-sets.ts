import { createHash } from 'node:crypto';
import { type Bits, bitsOf } from './bitset.ts';

/**
 * Sets of PCs, as bits. PCs are numbered as they come, and equal sets are one object: inputs take an eighth of a byte
 * for each PC that there is and each set that differs from all others, outside of V8's heap.
 */
export class PcSets {
  readonly #numbers = new Map<number, number>();
  readonly #sets = new Map<string, Bits>();

  of(pcs: Uint32Array): Bits {
    return this.shared(bitsOf(pcs.map((pc) => this.#numberOf(pc))));
  }

  /** The one object that stands for all equal sets. */
  shared(bits: Bits): Bits {
    const key = createHash('sha1').update(bits).digest('base64');
    const known = this.#sets.get(key);
    if (known === undefined) this.#sets.set(key, bits);
    return known ?? bits;
  }

  #numberOf(pc: number): number {
    const number = this.#numbers.get(pc) ?? this.#numbers.size;
    this.#numbers.set(pc, number);
    return number;
  }
}
