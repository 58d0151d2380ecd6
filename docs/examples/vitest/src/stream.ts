import { decodeFirst } from './decode.ts';
import { BencodeError, type Value } from './value.ts';

/** Values that come one after the other, in pieces of any size, as from a socket. */
export class BencodeStream {
  #rest: Uint8Array = new Uint8Array();

  /** @returns the values that are complete now */
  push(chunk: Uint8Array): Value[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const values: Value[] = [];
    for (let next = this.#next(); next !== undefined; next = this.#next()) values.push(next);
    return values;
  }

  #next(): Value | undefined {
    if (this.#rest.length === 0) return undefined;
    try {
      const { value, length } = decodeFirst(this.#rest);
      this.#rest = this.#rest.subarray(length);
      return value;
    } catch (error) {
      if (error instanceof BencodeError && error.isIncomplete) return undefined;
      throw error;
    }
  }
}
