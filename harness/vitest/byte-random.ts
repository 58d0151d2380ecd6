import { UsageError } from '../usage.ts';

/** Draws behind the end of the bytes that are all 0: the smallest values, and the end of lists. */
const ZEROS = 1000;

/** Bytes behind the end after which a filter is taken to refuse every value: about a second. */
const PATIENCE = 1_000_000;

/** As many as fit into bytes that make an exact number. */
const EXACT = 2 ** 48;

/** Characters that are printed, of which most strings are made, stand as what they are: the words of a dictionary fit. */
const PRINTED = { first: 0x20, count: 95 };

/**
 * What fast-check draws its values from, out of an input's bytes: a small change of the bytes is a small change of the
 * values, and a number is there as its little-endian bytes, so that what a fuzzer learns of operands fits.
 *
 * It has the methods of fast-check's `Random`.
 */
export class ByteRandom {
  readonly #bytes: Uint8Array;
  #position: number;

  constructor(bytes: Uint8Array, position = 0) {
    this.#bytes = bytes;
    this.#position = position;
  }

  clone(): ByteRandom {
    return new ByteRandom(this.#bytes, this.#position);
  }

  /** Both bounds are included. 0 bytes are 0 where it lies between them, else the bound nearest to it. */
  nextInt(min = -0x80000000, max = 0x7fffffff): number {
    const range = max - min + 1;
    if (range > EXACT) return Number(this.nextBigInt(BigInt(min), BigInt(max)));
    const raw = this.#below(range);
    if (min === 0 && range === PRINTED.count) return printed(raw);
    const value = (min > 0 ? min : max < 0 ? max : 0) + (raw % range);
    return value > max ? value - range : value;
  }

  nextBigInt(min: bigint, max: bigint): bigint {
    const range = max - min + 1n;
    let raw = 0n;
    for (let shift = 0n; (range - 1n) >> shift > 0n; shift += 8n) raw |= BigInt(this.#byte()) << shift;
    const origin = min > 0n ? min : max < 0n ? max : 0n;
    const value = origin + (raw % range);
    return value > max ? value - range : value;
  }

  next(bits: number): number {
    return this.nextInt(0, 2 ** bits - 1);
  }

  nextBoolean(): boolean {
    return this.nextInt(0, 1) === 1;
  }

  nextDouble(): number {
    return Number(this.nextBigInt(0n, (1n << 53n) - 1n)) / 2 ** 53;
  }

  getState(): undefined {
    return undefined;
  }

  /** As many bytes as it takes to count to `range`, the lowest first. */
  #below(range: number): number {
    let raw = 0;
    for (let scale = 1; scale < range; scale *= 256) raw += this.#byte() * scale;
    return raw;
  }

  /** Far behind the end they vary: a filter draws until it likes what it gets. */
  #byte(): number {
    const at = this.#position++;
    if (at < this.#bytes.length) return this.#bytes[at]!;
    const behind = at - this.#bytes.length;
    if (behind > PATIENCE) throw new UsageError('an arbitrary makes no value: its filter refuses them all');
    return behind < ZEROS ? 0 : scattered(behind);
  }
}

const printed = (byte: number): number =>
  byte >= PRINTED.first && byte < PRINTED.first + PRINTED.count ? byte - PRINTED.first : byte % PRINTED.count;

/** A byte that says nothing of the numbers beside it, as murmur's hash ends. */
function scattered(position: number): number {
  let hash = Math.imul(position ^ (position >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) & 0xff;
}
