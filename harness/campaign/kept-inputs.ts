/** Bytes that are kept at most. */
const CAPACITY = 64 << 20;

/** Copies of new inputs until they are on disk, by their hashes, the oldest first. */
export class KeptInputs implements Iterable<[name: string, bytes: Uint8Array]> {
  readonly #inputs = new Map<string, Uint8Array>();
  #bytes = 0;
  /** Inputs that there was no room for. */
  lost = 0;

  add(name: string, input: Uint8Array): void {
    if (this.#inputs.has(name)) return;
    if (this.#bytes + input.length > CAPACITY) {
      this.lost++;
      return;
    }
    this.#bytes += input.length;
    this.#inputs.set(name, Uint8Array.from(input));
  }

  has(name: string): boolean {
    return this.#inputs.has(name);
  }

  get(name: string): Uint8Array | undefined {
    return this.#inputs.get(name);
  }

  delete(name: string): void {
    this.#bytes -= this.#inputs.get(name)?.length ?? 0;
    this.#inputs.delete(name);
  }

  [Symbol.iterator](): Iterator<[string, Uint8Array]> {
    return this.#inputs[Symbol.iterator]();
  }
}
