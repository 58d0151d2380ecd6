/** What a line was that is no address. */
export class NoAddress extends Error {
  /** @param line counted from 1 */
  constructor(
    readonly line: number,
    readonly text: string,
  ) {
    super(`line ${line}: no address`);
    this.name = 'NoAddress';
  }
}

/** An address is given in two words, since V8 is slow with integers of 64 bits. */
export type EachAddress = (high: number, low: number) => void;

const [TAB, NEWLINE, RETURN, SPACE, ZERO, X, LOWER] = [0x09, 0x0a, 0x0d, 0x20, 0x30, 0x78, 0x20];
const DIGITS = 16;
/** Longer lines are not waited for to end. */
const LONGEST = 4096;
/** By byte: the value of a hexadecimal digit, or -1. */
const VALUES = new Int8Array(256).map((_, byte) => {
  const value = Number.parseInt(String.fromCharCode(byte), 16);
  return Number.isNaN(value) ? -1 : value;
});

/**
 * Addresses in hexadecimal, one a line, from bytes that come in pieces. As addr2line has it, `0x` may stand before
 * one, and spaces around it; blank lines are passed over.
 */
export class AddressLines {
  #line = 0;
  #high = 0;
  #low = 0;
  /** Of a line whose end has not come. */
  #rest: Uint8Array = new Uint8Array(0);

  /**
   * Reads the lines that end in these bytes.
   *
   * @throws {NoAddress} at the first line that is none; `each` has been given all before it
   */
  read(bytes: Uint8Array, each: EachAddress): void {
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    if (end > 0) {
      const first = this.#rest.length === 0 ? 0 : bytes.indexOf(NEWLINE) + 1;
      if (first > 0) this.#lines(Buffer.concat([this.#rest, bytes.subarray(0, first)]), each);
      this.#lines(bytes.subarray(first, end), each);
      this.#rest = bytes.slice(end);
    } else {
      this.#rest = Buffer.concat([this.#rest, bytes]);
    }
    if (this.#rest.length > LONGEST) throw new NoAddress(this.#line + 1, textOf(this.#rest));
  }

  /** Reads the last line, should it have no end. @throws {NoAddress} */
  end(each: EachAddress): void {
    const rest = this.#rest;
    this.#rest = new Uint8Array(0);
    if (rest.length > 0) this.read(Buffer.concat([rest, Uint8Array.of(NEWLINE)]), each);
  }

  /** @param bytes whole lines */
  #lines(bytes: Uint8Array, each: EachAddress): void {
    for (let at = 0; at < bytes.length; ) {
      this.#line++;
      const start = behindSpaces(bytes, at);
      const digits = behindPrefix(bytes, start);
      const behind = this.#digits(bytes, digits);
      const end = behindSpaces(bytes, behind);
      const isBlank = end === start;
      const isAddress = behind > digits && behind - digits <= DIGITS;
      if (bytes[end] !== NEWLINE || !(isBlank || isAddress))
        throw new NoAddress(this.#line, textOf(bytes.subarray(at, bytes.indexOf(NEWLINE, at))));
      if (isAddress) each(this.#high, this.#low);
      at = end + 1;
    }
  }

  /** @returns where the digits end */
  #digits(bytes: Uint8Array, start: number): number {
    let [high, low, at] = [0, 0, start];
    for (let value = VALUES[bytes[at]!]!; value >= 0; value = VALUES[bytes[++at]!]!) {
      high = (high << 4) | (low >>> 28);
      low = (low << 4) | value;
    }
    this.#high = high >>> 0;
    this.#low = low >>> 0;
    return at;
  }
}

function behindSpaces(bytes: Uint8Array, start: number): number {
  let at = start;
  for (let byte = bytes[at]!; isSpace(byte); byte = bytes[at]!) at++;
  return at;
}

/** As C has them, but for the end of the line. */
const isSpace = (byte: number): boolean =>
  byte === SPACE || (byte >= TAB && byte <= RETURN && byte !== NEWLINE);

const behindPrefix = (bytes: Uint8Array, start: number): number =>
  bytes[start] === ZERO && (bytes[start + 1]! | LOWER) === X ? start + 2 : start;

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes.subarray(0, LONGEST)).trim();
