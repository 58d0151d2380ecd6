/**
 * Functions by address. They stand in columns, since a large program has hundred thousands of them, and an address is
 * two words, since V8 is slow with integers of 64 bits.
 */
export class FunctionTable {
  /** Halves of each first address, 32 bits. */
  readonly high: Uint32Array;
  readonly low: Uint32Array;
  /** Bytes. */
  readonly size: Float64Array;
  /** Offset of each name in the string table. */
  readonly name: Uint32Array;
  /** Index of the module. */
  readonly module: Uint32Array;
  #length = 0;

  /** @param capacity how many functions there are at most */
  constructor(capacity: number) {
    this.high = new Uint32Array(capacity);
    this.low = new Uint32Array(capacity);
    this.size = new Float64Array(capacity);
    this.name = new Uint32Array(capacity);
    this.module = new Uint32Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  add(high: number, low: number, size: number, name: number, module: number): void {
    const i = this.#length++;
    this.high[i] = high;
    this.low[i] = low;
    this.size[i] = size;
    this.name[i] = name;
    this.module[i] = module;
  }

  /** Brings them into the order of addresses, which `find` needs; of equal ones the first stays the first. */
  sort(): void {
    const { high, low } = this;
    const order = new Uint32Array(this.#length).map((_, i) => i);
    const compare = (a: number, b: number): number => high[a]! - high[b]! || low[a]! - low[b]!;
    if (order.every((i) => i === 0 || compare(i - 1, i) <= 0)) return;
    order.sort(compare);
    for (const column of [high, low, this.size, this.name, this.module]) {
      const before = column.slice();
      for (let i = 0; i < order.length; i++) column[i] = before[order[i]!]!;
    }
  }

  /** The function that has an address, or -1. */
  find(high: number, low: number): number {
    let [first, last] = [0, this.#length];
    while (first < last) {
      const middle = (first + last) >>> 1;
      if (this.high[middle]! < high || (this.high[middle] === high && this.low[middle]! <= low))
        first = middle + 1;
      else last = middle;
    }
    const i = first - 1;
    return i >= 0 && this.distance(i, high, low) < this.size[i]! ? i : -1;
  }

  /** Bytes from a function's first to an address; exact below 2^53. */
  distance(i: number, high: number, low: number): number {
    return (high - this.high[i]!) * 2 ** 32 + (low - this.low[i]!);
  }
}
