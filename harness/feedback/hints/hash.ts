/** Hashes of 52 bits: so many that two different candidates do not meet within a fuzzer's lifetime. */

const HALF = 2 ** 26;

function finish(a: number, b: number): number {
  const x = Math.imul(a ^ (a >>> 16), 0x85ebca6b);
  const y = Math.imul(b ^ (b >>> 15), 0xc2b2ae35);
  return ((x ^ (y >>> 13)) >>> 6) * HALF + ((y ^ (x >>> 16)) >>> 6);
}

export function hashBytes(bytes: Uint8Array): number {
  let a = 0x811c9dc5 ^ bytes.length;
  let b = 0x9747b28c;
  for (let i = 0; i < bytes.length; i++) {
    a = Math.imul(a ^ bytes[i]!, 0x01000193);
    b = Math.imul(b + bytes[i]!, 0x5bd1e995) ^ (b >>> 17);
  }
  return finish(a, b);
}

export function hashText(text: string): number {
  let a = 0x811c9dc5 ^ text.length;
  let b = 0x9747b28c;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b + code, 0x5bd1e995) ^ (b >>> 17);
  }
  return finish(a, b);
}

/** Of a few numbers, cut to 32 bits each. */
export function hashNumbers(...numbers: number[]): number {
  let a = 0x811c9dc5 ^ numbers.length;
  let b = 0x9747b28c;
  for (const number of numbers) {
    a = Math.imul(a ^ number, 0x01000193);
    a ^= a >>> 13;
    b = Math.imul(b + number, 0x5bd1e995) ^ (b >>> 17);
  }
  return finish(a, b);
}

/** Hashes that were met, so many of the latest: two generations, of which the older is forgotten as a whole. */
export class Recent {
  readonly #limit: number;
  #young = new Set<number>();
  #old = new Set<number>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  has(hash: number): boolean {
    return this.#young.has(hash) || this.#old.has(hash);
  }

  /** @returns whether it was not there */
  add(hash: number): boolean {
    if (this.has(hash)) return false;
    if (this.#young.size >= this.#limit) {
      this.#old = this.#young;
      this.#young = new Set();
    }
    this.#young.add(hash);
    return true;
  }

  /** Hashes that are kept; never more than twice the limit. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }
}
