/** The end of what a process writes: enough to say what it died of, however much it is. */
export class Tail {
  readonly #limit: number;
  #kept: Buffer[] = [];
  #length = 0;

  /** @param limit bytes */
  constructor(limit = 1 << 16) {
    this.#limit = limit;
  }

  add(data: Buffer): void {
    this.#kept.push(data);
    this.#length += data.length;
    if (this.#length <= 2 * this.#limit) return;
    const end = Buffer.concat(this.#kept).subarray(-this.#limit);
    this.#kept = [end];
    this.#length = end.length;
  }

  get text(): string {
    return Buffer.concat(this.#kept).subarray(-this.#limit).toString();
  }
}
