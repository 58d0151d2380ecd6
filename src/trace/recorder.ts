import type { Kernel } from '../abi/kernel.ts';
import * as callbacks from './callbacks.ts';
import { charCodeAt, encode, hasBytes, includes, isNotANumber, isSafeInteger } from './intrinsics.ts';
import {
  areIntegers,
  bigintWord,
  bytesWord,
  firstDifference,
  firstUnequalByte,
  numberWord,
  stringWord,
  type Word,
  width,
} from './operands.ts';

/**
 * The step from JavaScript's comparisons of anything with anything to the callbacks of C, which compare integers of
 * one width. What does not fit into these goes to the weak hooks as well. Nothing here runs the program's own code.
 */
export class Recorder {
  readonly #kernel: Pick<Kernel, 'buf' | 'end' | 'cmp' | 'unique' | 'hooks'>;
  readonly #word1: Word = { low: 0, high: 0 };
  readonly #word2: Word = { low: 0, high: 0 };

  constructor(kernel: Pick<Kernel, 'buf' | 'end' | 'cmp' | 'unique' | 'hooks'>) {
    this.#kernel = kernel;
  }

  /** Two values of any type; those of types that are never equal leave nothing. */
  values(a: unknown, b: unknown, pc: number, constant = false): void {
    if (typeof a === 'number' && typeof b === 'number') {
      this.#numbers(a, b, pc, constant);
      this.#kernel.hooks?.cmp?.(pc, a, b, constant);
    } else if (typeof a === 'string' && typeof b === 'string') this.strings(a, b, pc, constant);
    else if (typeof a === 'bigint' && typeof b === 'bigint') this.#bigints(a, b, pc, constant);
    else if (typeof a === 'bigint' && typeof b === 'number' && isSafeInteger(b))
      this.#bigints(a, BigInt(b), pc, constant);
    else if (typeof a === 'number' && typeof b === 'bigint' && isSafeInteger(a))
      this.#bigints(BigInt(a), b, pc, constant);
  }

  #numbers(a: number, b: number, pc: number, constant: boolean): void {
    const kernel = this.#kernel;
    switch (width(a, b)) {
      case 1:
        if (constant) callbacks.__sanitizer_cov_trace_const_cmp1(kernel, a, b, pc);
        else callbacks.__sanitizer_cov_trace_cmp1(kernel, a, b, pc);
        break;
      case 2:
        if (constant) callbacks.__sanitizer_cov_trace_const_cmp2(kernel, a, b, pc);
        else callbacks.__sanitizer_cov_trace_cmp2(kernel, a, b, pc);
        break;
      case 4:
        if (constant) callbacks.__sanitizer_cov_trace_const_cmp4(kernel, a, b, pc);
        else callbacks.__sanitizer_cov_trace_cmp4(kernel, a, b, pc);
        break;
      case 8: {
        // One that is no number, as of text that is none, shows the other; two of them show nothing.
        if (isNotANumber(a) && isNotANumber(b)) return;
        const integers = areIntegers(a, b);
        numberWord(a, integers, this.#word1);
        numberWord(b, integers, this.#word2);
        this.#words(pc, constant);
      }
    }
  }

  #bigints(a: bigint, b: bigint, pc: number, constant: boolean): void {
    bigintWord(a, this.#word1);
    bigintWord(b, this.#word2);
    this.#words(pc, constant);
    this.#kernel.hooks?.cmp?.(pc, a, b, constant);
  }

  /**
   * Characters are compared as their codes, longer strings by the eight bytes from where they begin to differ: as
   * a compiler compares memory, and enough for a fuzzer to take a string one word further.
   */
  strings(a: string, b: string, pc: number, constant = false): void {
    this.#kernel.hooks?.cmp?.(pc, a, b, constant);
    if (a.length === 1 && b.length === 1) {
      this.#numbers(charCodeAt(a, 0), charCodeAt(b, 0), pc, constant);
      return;
    }
    if (a === b) return;
    const start = firstDifference(a, b);
    stringWord(a, start, this.#word1);
    stringWord(b, start, this.#word2);
    this.#words(pc, constant);
    this.#kernel.hooks?.strcmp(pc, a, b);
  }

  /** A search from the character `from` on; where it finds there is nothing to tell. */
  search(haystack: string, needle: string, from: number, pc: number): void {
    if (includes(haystack, needle, from)) return;
    stringWord(needle, 0, this.#word1);
    stringWord(haystack, 0, this.#word2);
    this.#words(pc, false);
    this.#kernel.hooks?.strstr(pc, haystack, needle);
  }

  bytes(a: Uint8Array, b: Uint8Array, pc: number): void {
    const start = firstUnequalByte(a, b);
    if (start === -1) return;
    bytesWord(a, start, this.#word1);
    bytesWord(b, start, this.#word2);
    this.#words(pc, false);
    this.#kernel.hooks?.memcmp(pc, a, b);
  }

  searchBytes(haystack: Uint8Array, needle: Uint8Array | string, pc: number): void {
    const bytes = typeof needle === 'string' ? encode(needle) : needle;
    if (hasBytes(haystack, bytes)) return;
    bytesWord(bytes, 0, this.#word1);
    bytesWord(haystack, 0, this.#word2);
    this.#words(pc, false);
    this.#kernel.hooks?.memmem(pc, haystack, bytes);
  }

  pattern(pattern: RegExp, s: string, pc: number): void {
    this.#kernel.hooks?.regexec(pc, pattern, s);
  }

  #words(pc: number, constant: boolean): void {
    const x = this.#word1;
    const y = this.#word2;
    const kernel = this.#kernel;
    if (constant) callbacks.__sanitizer_cov_trace_const_cmp8(kernel, x.low, x.high, y.low, y.high, pc);
    else callbacks.__sanitizer_cov_trace_cmp8(kernel, x.low, x.high, y.low, y.high, pc);
  }
}
