/** The last inputs as libFuzzer gave them: a target may write into what it gets. */
export class RecentInputs {
  readonly #slots: { bytes: Buffer; length: number }[];
  #kept = 0;

  constructor(size: number) {
    this.#slots = Array.from({ length: size }, () => ({ bytes: Buffer.alloc(0), length: 0 }));
  }

  keep(data: Buffer): void {
    const slot = this.#slots[this.#kept++ % this.#slots.length]!;
    if (slot.bytes.length < data.length) slot.bytes = Buffer.allocUnsafeSlow(2 * data.length);
    slot.bytes.set(data);
    slot.length = data.length;
  }

  /** Copies of the last `count` of them, as many as there are, the current one last. */
  last(count: number): Buffer[] {
    const size = this.#slots.length;
    const first = Math.max(0, this.#kept - Math.min(count, size));
    return Array.from({ length: this.#kept - first }, (_, i) => {
      const { bytes, length } = this.#slots[(first + i) % size]!;
      return Buffer.from(bytes.subarray(0, length));
    });
  }
}
