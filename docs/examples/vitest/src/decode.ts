import { BencodeError, type Value } from './value.ts';

const MAX_DEPTH = 100;
/** Digits of an integer that a number holds, which is faster to read. */
const SHORT = 16;

const [INTEGER, LIST, DICTIONARY, END, COLON] = [...'ilde:'].map((c) => c.charCodeAt(0));

/** @throws {BencodeError} where the input is not one value, and nothing else */
export function decode(input: Uint8Array): Value {
  const { value, length } = decodeFirst(input);
  if (length < input.length) throw new BencodeError('something follows the value', length);
  return value;
}

/** The value that the input begins with, and how many bytes it takes. */
export function decodeFirst(input: Uint8Array): { value: Value; length: number } {
  const decoder = new Decoder(input);
  const value = decoder.value(0);
  return { value, length: decoder.position };
}

class Decoder {
  readonly #input: Uint8Array;
  position = 0;

  constructor(input: Uint8Array) {
    this.#input = input;
  }

  value(depth: number): Value {
    if (depth > MAX_DEPTH) throw new BencodeError('nested too deep', this.position);
    const first = this.#peek();
    if (first === INTEGER) return this.#integer();
    if (first === LIST) return this.#list(depth);
    if (first === DICTIONARY) return this.#dictionary(depth);
    return this.#text();
  }

  #integer(): bigint {
    const start = this.position++;
    const digits = this.#until(END!);
    if (/[^-0-9]/.test(digits)) throw new BencodeError('not an integer', start);
    if (/^-?0./.test(digits) || digits === '')
      throw new BencodeError('not an integer as it is written', start);
    return digits.length <= SHORT ? BigInt(Number(digits)) : BigInt(digits);
  }

  #text(): string {
    const start = this.position;
    const digits = this.#until(COLON!);
    if (!/^(0|[1-9]\d{0,9})$/.test(digits)) throw new BencodeError('not a value', start);
    const end = this.position + Number(digits);
    if (end > this.#input.length) throw new BencodeError('text ends early', start, true);
    const bytes = this.#input.subarray(this.position, end);
    this.position = end;
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      throw new BencodeError('text is not UTF-8', start);
    }
  }

  #list(depth: number): Value[] {
    const list: Value[] = [];
    for (this.position++; this.#peek() !== END; ) list.push(this.value(depth + 1));
    this.position++;
    return list;
  }

  #dictionary(depth: number): { [key: string]: Value } {
    const entries: [string, Value][] = [];
    for (this.position++; this.#peek() !== END; ) entries.push([this.#text(), this.value(depth + 1)]);
    this.position++;
    return Object.fromEntries(entries);
  }

  #peek(): number {
    const byte = this.#input[this.position];
    if (byte === undefined) throw new BencodeError('input ends early', this.position, true);
    return byte;
  }

  /** What stands before a byte, which is read too. */
  #until(byte: number): string {
    const end = this.#input.indexOf(byte, this.position);
    if (end === -1) throw new BencodeError('input ends early', this.position, true);
    const text = String.fromCharCode(...this.#input.subarray(this.position, end));
    this.position = end + 1;
    return text;
  }
}
