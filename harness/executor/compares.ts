import {
  CMP_ARG1,
  CMP_ARG2,
  CMP_PC,
  CMP_TYPE,
  CMP_WORDS,
  KCOV_CMP_CONST,
  KCOV_CMP_SIZE,
} from '../../src/abi/kcov.ts';
import type { WeakHooks } from '../../src/abi/kernel.ts';
import type { Trace } from '../collect.ts';
import { Closest } from './closest.ts';
import { byteDistance, missingBytes, missingText, numberDistance, textDistance } from './distance.ts';
import type { ComparedPair, PcCompares } from './executed.ts';

type Value = ComparedPair['left']['value'];

/** Longest part of a text or of bytes that is kept and looked at. */
const MAX_OPERAND = 256;

/** Listens to the comparisons of a run, and keeps the closest of each PC. */
export class Compares implements WeakHooks {
  readonly #sites = new Map<number, Closest>();

  cmp(pc: number, a: number | bigint | string, b: number | bigint | string, constant: boolean): void {
    if (typeof a === 'string' && typeof b === 'string') this.#texts(pc, a, b, constant);
    else if (typeof a !== 'string' && typeof b !== 'string')
      this.#add(pc, a, b, numberDistance(a, b), constant);
  }

  /** `cmp` was told already. */
  strcmp(): void {}

  #texts(pc: number, s1: string, s2: string, constant: boolean): void {
    const [a, b] = [cut(s1), cut(s2)];
    // What differs may lie behind the part that is kept.
    const least = s1 === s2 ? 0 : 1;
    this.#add(pc, a, b, Math.max(least, textDistance(a, b)), constant);
  }

  strstr(pc: number, haystack: string, needle: string): void {
    const [a, b] = [cut(haystack), cut(needle)];
    this.#add(pc, a, b, missingText(a, b), false);
  }

  memcmp(pc: number, b1: Uint8Array, b2: Uint8Array): void {
    const [a, b] = [copy(b1), copy(b2)];
    this.#add(pc, a, b, Math.max(1, byteDistance(a, b)), false);
  }

  memmem(pc: number, haystack: Uint8Array, needle: Uint8Array): void {
    const [a, b] = [copy(haystack), copy(needle)];
    this.#add(pc, a, b, missingBytes(a, b), false);
  }

  /** Whether a pattern matches is not known before it is applied. */
  regexec(): void {}

  /**
   * The records of a remote section, whose thread has told no hook. They hold bits: what is narrow is taken for
   * unsigned, what could be a double or a text is left out.
   */
  remote({ words }: Trace): void {
    const end = Number(words[0]);
    for (let i = 0; i < end; i++) {
      const record = words.subarray(i * CMP_WORDS + 1, (i + 1) * CMP_WORDS + 1);
      const type = Number(record[CMP_TYPE]);
      const [a, b] = [integer(record[CMP_ARG1]!, type), integer(record[CMP_ARG2]!, type)];
      if (!Number.isSafeInteger(a) || !Number.isSafeInteger(b)) continue;
      const pc = Number(BigInt.asIntN(32, record[CMP_PC]!));
      this.#add(pc, a, b, numberDistance(a, b), (type & KCOV_CMP_CONST) !== 0);
    }
  }

  /** By low halves. */
  all(): PcCompares[] {
    return [...this.#sites].map(([pc, { pairs }]) => ({ pc: pc >>> 0, pairs }));
  }

  #add(pc: number, left: Value, right: Value, distance: number, constant: boolean): void {
    const site = this.#sites.get(pc) ?? new Closest();
    this.#sites.set(pc, site);
    if (!site.takes(distance)) return;
    site.add({ left: { value: left, constant }, right: { value: right, constant: false }, distance });
  }
}

/** Words of eight bytes are integers of any sign. */
const integer = (word: bigint, type: number): number =>
  Number((type & ~KCOV_CMP_CONST) === KCOV_CMP_SIZE(3) ? BigInt.asIntN(64, word) : word);

/** A string of its own: what `slice` gives keeps all of a long string alive. */
const cut = (s: string): string =>
  s.length <= MAX_OPERAND ? s : Buffer.from(s.slice(0, MAX_OPERAND), 'utf16le').toString('utf16le');

const copy = (b: Uint8Array): Uint8Array => new Uint8Array(b.subarray(0, MAX_OPERAND));
