import { type Reached, SMALLEST } from './measured.ts';

/** PCs for which there is room at first. */
const ROOM = 1 << 12;
const NOBODY = -1;

/**
 * What was reached, in columns: a million PCs take some 80 MB. PCs are offsets into kernel text. Inputs may be added in
 * any order.
 */
export class ReachedTable implements ReadonlyMap<number, Reached> {
  /** Rows by PC. */
  readonly #rows = new Map<number, number>();
  #hits = new Float64Array(ROOM);
  #inputs = new Uint32Array(ROOM);
  /** Of each row SMALLEST inputs in rising order, then NOBODY. */
  #smallest = new Int32Array(ROOM * SMALLEST).fill(NOBODY);

  /** Counts what loading reaches, which is no input's. */
  load(pcs: Uint32Array, counts: Uint32Array): void {
    for (let i = 0; i < pcs.length; i++) this.#hits[this.#rowOf(pcs[i]!)]! += counts[i]!;
  }

  /** @param input its number, which is smaller for a smaller input; each is added once */
  add(input: number, pcs: Uint32Array, counts: Uint32Array): void {
    for (let i = 0; i < pcs.length; i++) {
      const row = this.#rowOf(pcs[i]!);
      this.#hits[row]! += counts[i]!;
      this.#inputs[row]!++;
      this.#insert(row, input);
    }
  }

  /** How many PCs each input is the smallest for, and for how many among the smallest, by its number. */
  usefulness(inputs: number): { first: Uint32Array; among: Uint32Array } {
    const [first, among] = [new Uint32Array(inputs), new Uint32Array(inputs)];
    const end = this.size * SMALLEST;
    for (let at = 0; at < end; at++) {
      const input = this.#smallest[at]!;
      if (input === NOBODY) continue;
      among[input]!++;
      if (at % SMALLEST === 0) first[input]!++;
    }
    return { first, among };
  }

  get size(): number {
    return this.#rows.size;
  }

  has(pc: number): boolean {
    return this.#rows.has(pc);
  }

  get(pc: number): Reached | undefined {
    const row = this.#rows.get(pc);
    return row === undefined ? undefined : this.#at(row);
  }

  keys(): MapIterator<number> {
    return this.#rows.keys();
  }

  *values(): MapIterator<Reached> {
    for (const row of this.#rows.values()) yield this.#at(row);
  }

  *entries(): MapIterator<[number, Reached]> {
    for (const [pc, row] of this.#rows) yield [pc, this.#at(row)];
  }

  [Symbol.iterator](): MapIterator<[number, Reached]> {
    return this.entries();
  }

  forEach(call: (value: Reached, pc: number, map: ReadonlyMap<number, Reached>) => void): void {
    for (const [pc, reached] of this) call(reached, pc, this);
  }

  #at(row: number): Reached {
    const smallest = this.#smallest.subarray(row * SMALLEST, (row + 1) * SMALLEST);
    return {
      hits: this.#hits[row]!,
      inputs: this.#inputs[row]!,
      smallest: [...smallest].filter((input) => input !== NOBODY),
    };
  }

  #insert(row: number, input: number): void {
    const [from, to] = [row * SMALLEST, (row + 1) * SMALLEST];
    let at = to;
    while (at > from && (this.#smallest[at - 1] === NOBODY || this.#smallest[at - 1]! > input)) at--;
    if (at === to) return;
    this.#smallest.copyWithin(at + 1, at, to - 1);
    this.#smallest[at] = input;
  }

  #rowOf(pc: number): number {
    const known = this.#rows.get(pc);
    if (known !== undefined) return known;
    const row = this.#rows.size;
    if (row === this.#hits.length) this.#grow();
    this.#rows.set(pc, row);
    return row;
  }

  #grow(): void {
    const room = 2 * this.#hits.length;
    const [hits, inputs, smallest] = [this.#hits, this.#inputs, this.#smallest];
    this.#hits = new Float64Array(room);
    this.#inputs = new Uint32Array(room);
    this.#smallest = new Int32Array(room * SMALLEST).fill(NOBODY);
    this.#hits.set(hits);
    this.#inputs.set(inputs);
    this.#smallest.set(smallest);
  }
}
