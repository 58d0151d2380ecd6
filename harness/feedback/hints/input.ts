import { type Encoded, encodedParts } from './encoded.ts';
import { TextView } from './text-view.ts';

/** Places that are tried for one needle: near the last change, and from the start. */
const MAX_PLACES = 12;
/** Longest input whose text is mapped to its bytes, and whose encoded parts are looked at. */
const MAX_DECODED = 1 << 14;
/** How far marks are looked for, and how many are kept. */
const MAX_MARKED = 1024;
const MAX_MARKS = 16;

/** An input as its hints search it. What costs is made when it is first needed, and counted as work. */
export class Input {
  readonly bytes: Buffer;
  /** Bytes that were searched so far. */
  work = 0;
  #folded: Buffer | null = null;
  #text: TextView | null = null;
  #marks: string[] | null = null;
  #encoded: Encoded[] | null = null;

  /** @param bytes are kept; nobody may write to them */
  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /**
   * Places where the needle lies: first those from `near` on, where the last change was and a loop goes on.
   *
   * @param fold whether the case of ASCII letters does not count
   */
  find(needle: Uint8Array, fold: boolean, near: number): number[] {
    if (needle.length === 0 || needle.length > this.bytes.length) return [];
    const [haystack, key] = fold ? [this.#fold(), lowerCase(needle)] : [this.bytes, needle];
    this.work += haystack.length;
    const places = occurrences(
      haystack,
      key,
      near,
      haystack.length,
      near === 0 ? MAX_PLACES : MAX_PLACES / 2,
    );
    return places.concat(occurrences(haystack, key, 0, near, MAX_PLACES - places.length));
  }

  /** The input as UTF-8 makes text of it; null where it is too long for that. */
  get text(): TextView | null {
    if (this.bytes.length > MAX_DECODED) return null;
    this.#text ??= new TextView(this.bytes);
    return this.#text;
  }

  /** Parts that look like base64, hex or percent-encoding. */
  get encoded(): readonly Encoded[] {
    this.#encoded ??= this.bytes.length > MAX_DECODED ? [] : encodedParts(this.bytes);
    return this.#encoded;
  }

  /** Characters, as bytes, that may stand between fields: all but letters and digits, the first few. */
  get marks(): readonly string[] {
    this.#marks ??= [
      ...new Set(this.bytes.toString('latin1', 0, MAX_MARKED).replace(/[A-Za-z0-9]/g, '')),
    ].slice(0, MAX_MARKS);
    return this.#marks;
  }

  #fold(): Buffer {
    if (this.#folded === null) {
      this.#folded = lowerCase(this.bytes);
      this.work += this.bytes.length;
    }
    return this.#folded;
  }
}

function occurrences(haystack: Buffer, needle: Uint8Array, from: number, to: number, most: number): number[] {
  const places: number[] = [];
  let at = haystack.indexOf(needle, from);
  while (at !== -1 && at < to && places.length < most) {
    places.push(at);
    at = haystack.indexOf(needle, at + 1);
  }
  return places;
}

function lowerCase(bytes: Uint8Array): Buffer {
  const folded = Buffer.from(bytes);
  for (let i = 0; i < folded.length; i++) {
    const byte = folded[i]!;
    if (byte >= 0x41 && byte <= 0x5a) folded[i] = byte | 0x20;
  }
  return folded;
}
