import type { TracedBlock } from './traced-blocks.ts';

/** Whether a block is the first, or among the first, of a call. */
export const begins = ({ isEntry, text }: TracedBlock): boolean => isEntry || text?.isParameter === true;

/** What a trace still has of each function, while it is read from its first block to its last. */
export class Lookahead {
  readonly #blocks: readonly TracedBlock[];
  /** Index of the next block of the same function; 0 where there is none. */
  readonly #next: Uint32Array;
  /** By function: the last block that was passed. */
  readonly #passed = new Map<number, number>();

  constructor(blocks: readonly TracedBlock[]) {
    this.#blocks = blocks;
    this.#next = new Uint32Array(blocks.length);
    const next = new Map<number, number>();
    for (let i = blocks.length - 1; i >= 0; i--) {
      const { fn } = blocks[i]!;
      this.#next[i] = next.get(fn) ?? 0;
      next.set(fn, i);
    }
  }

  pass(index: number): void {
    this.#passed.set(this.#blocks[index]!.fn, index);
  }

  /** The block that goes on in a function which has been entered; null where it is entered anew, or never again. */
  goesOn(fn: number): TracedBlock | null {
    const next = this.#next[this.#passed.get(fn) ?? 0]!;
    const block = next === 0 ? null : this.#blocks[next]!;
    return block === null || begins(block) ? null : block;
  }
}
