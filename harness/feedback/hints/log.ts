import {
  CMP_ARG1,
  CMP_ARG2,
  CMP_PC,
  CMP_TYPE,
  CMP_WORDS,
  KCOV_CMP_CONST,
  KCOV_CMP_SIZE,
} from '../../../src/abi/kcov.ts';
import { hashNumbers } from './hash.ts';
import { bytes, latin1, type NumberOperand, number, type Operand, type Size, text } from './operand.ts';

/** Two numbers that were compared. */
export interface NumberCompare {
  /** Whether `arg1` is a literal of the source. */
  readonly constant: boolean;
  readonly arg1: NumberOperand;
  readonly arg2: NumberOperand;
}

/** Two strings or arrays of bytes that were found to be unequal, or of which the first does not contain the second. */
export interface MemoryCompare {
  readonly relation: 'equals' | 'contains';
  readonly arg1: Operand;
  readonly arg2: Operand;
}

/** A regular expression that did not match. */
export interface PatternCompare {
  readonly source: string;
  readonly flags: string;
  readonly subject: string;
}

/** What one place of the code under test compared in a run. */
export interface LoggedSite {
  /** Low half of the PC. */
  readonly pc: number;
  /** The first numbers that were compared, met or not, each time that they were: a loop is told by its order. */
  readonly sequence: NumberCompare[];
  /** Unequal ones, each pair once. */
  readonly numbers: NumberCompare[];
  readonly memory: MemoryCompare[];
  readonly patterns: PatternCompare[];
  /** Whether the first operand is a literal of the source, here and always. */
  constant: boolean;
  /** Comparisons of numbers that held. */
  met: number;
}

/** Longest part of a string or of bytes that is kept. */
export const MAX_OPERAND = 256;
/** Longest source of a regular expression. */
const MAX_PATTERN = 1024;
/** Kept of one site: of the sequence, and of each kind of distinct ones. */
const MAX_SEQUENCE = 128;
const MAX_DISTINCT = 64;
const MAX_SITES = 2048;
/** Kept of all sites. */
const MAX_TOTAL = 8192;

const CMP_SIZE_8 = KCOV_CMP_SIZE(3);

/**
 * Listens to the comparisons of one run: strings and bytes as the hooks tell of them, numbers from the buffer
 * afterwards. It is bounded for each site and in all, and keeps copies: the target may change what it compared.
 */
export class ComparisonLog {
  readonly sites = new Map<number, LoggedSite>();
  readonly #distinct = new Map<number, Set<string | number>>();
  #total = 0;
  /** The pair before, which a loop likes to repeat. */
  #last1: unknown = null;
  #last2: unknown = null;
  #lastPc = 0;

  clear(): void {
    this.sites.clear();
    this.#distinct.clear();
    this.#total = 0;
    this.#last1 = null;
    this.#last2 = null;
  }

  /** Comparisons that are kept. */
  get size(): number {
    return this.#total;
  }

  strcmp(pc: number, s1: string, s2: string): void {
    this.#strings(pc, 'equals', s1, s2);
  }

  strstr(pc: number, haystack: string, needle: string): void {
    this.#strings(pc, 'contains', haystack, needle);
  }

  memcmp(pc: number, b1: Uint8Array, b2: Uint8Array): void {
    this.#bytes(pc, 'equals', b1, b2);
  }

  memmem(pc: number, haystack: Uint8Array, needle: Uint8Array): void {
    this.#bytes(pc, 'contains', haystack, needle);
  }

  regexec(pc: number, pattern: RegExp, s: string): void {
    if (this.#isRepeated(pc, pattern, s)) return;
    const site = this.#site(pc);
    if (site === null || site.patterns.length >= MAX_DISTINCT || pattern.source.length > MAX_PATTERN) return;
    const { source, flags } = pattern;
    const subject = cut(s);
    if (this.#isNew(pc, `r${flags}/${source}/${subject}`)) site.patterns.push({ source, flags, subject });
  }

  /**
   * Takes the records of numbers from a CMP buffer.
   *
   * Strings are there too, as words of eight bytes; at sites that have told of strings these are left out.
   *
   * @param words the buffer in 32-bit words
   */
  numbers(words: Int32Array): void {
    const end = Math.min(words[0]! >>> 0, Math.floor((words.length / 2 - 1) / CMP_WORDS));
    for (let i = 0; i < end; i++) {
      const at = (i * CMP_WORDS + 1) * 2;
      const site = this.#site(words[at + 2 * CMP_PC]!);
      if (site !== null) this.#record(site, words, at);
    }
  }

  #record(site: LoggedSite, words: Int32Array, at: number): void {
    const type = words[at + 2 * CMP_TYPE]!;
    const constant = (type & KCOV_CMP_CONST) !== 0;
    site.constant = constant;
    const width = type & ~KCOV_CMP_CONST;
    if (width === CMP_SIZE_8 && site.memory.length > 0) return;
    const [a, b] = [at + 2 * CMP_ARG1, at + 2 * CMP_ARG2];
    const met = words[a] === words[b] && words[a + 1] === words[b + 1];
    if (met) site.met++;
    const inSequence = site.sequence.length < MAX_SEQUENCE;
    const mayBeNew = !met && site.numbers.length < MAX_DISTINCT;
    if (this.#total >= MAX_TOTAL || !(inSequence || mayBeNew)) return;
    const isNew =
      mayBeNew && this.#isNew(site.pc, hashNumbers(type, words[a]!, words[a + 1]!, words[b]!, words[b + 1]!));
    if (!inSequence && !isNew) return;
    const size = (1 << (width >> 1)) as Size;
    const compare = {
      constant,
      arg1: number(wordAt(words, a), size),
      arg2: number(wordAt(words, b), size),
    };
    if (inSequence) site.sequence.push(compare);
    if (isNew) site.numbers.push(compare);
    if (!isNew) this.#total++;
  }

  #strings(pc: number, relation: 'equals' | 'contains', s1: string, s2: string): void {
    if (this.#isRepeated(pc, s1, s2)) return;
    const site = this.#site(pc);
    if (site === null || site.memory.length >= MAX_DISTINCT) return;
    const [a, b] = [cut(s1), cut(s2)];
    if (this.#isNew(pc, `${relation}${a.length}/${a}${b}`))
      site.memory.push({ relation, arg1: text(a), arg2: text(b) });
  }

  #bytes(pc: number, relation: 'equals' | 'contains', b1: Uint8Array, b2: Uint8Array): void {
    const site = this.#site(pc);
    if (site === null || site.memory.length >= MAX_DISTINCT) return;
    const [a, b] = [copy(b1), copy(b2)];
    if (this.#isNew(pc, `b${relation}${a.length}/${latin1(a)}${latin1(b)}`))
      site.memory.push({ relation, arg1: bytes(a), arg2: bytes(b) });
  }

  #isRepeated(pc: number, a: unknown, b: unknown): boolean {
    if (pc === this.#lastPc && a === this.#last1 && b === this.#last2) return true;
    this.#lastPc = pc;
    this.#last1 = a;
    this.#last2 = b;
    return false;
  }

  #site(pc: number): LoggedSite | null {
    const known = this.sites.get(pc);
    if (known !== undefined) return known;
    if (this.sites.size >= MAX_SITES) return null;
    const site: LoggedSite = {
      pc,
      sequence: [],
      numbers: [],
      memory: [],
      patterns: [],
      constant: false,
      met: 0,
    };
    this.sites.set(pc, site);
    this.#distinct.set(pc, new Set());
    return site;
  }

  #isNew(pc: number, key: string | number): boolean {
    const distinct = this.#distinct.get(pc)!;
    if (this.#total >= MAX_TOTAL || distinct.has(key)) return false;
    distinct.add(key);
    this.#total++;
    return true;
  }
}

const wordAt = (words: Int32Array, at: number): bigint =>
  (BigInt(words[at + 1]! >>> 0) << 32n) | BigInt(words[at]! >>> 0);

/** A string of its own: what `slice` gives keeps all of a long string alive. */
const cut = (s: string): string =>
  s.length <= MAX_OPERAND ? s : Buffer.from(s.slice(0, MAX_OPERAND), 'utf16le').toString('utf16le');

const copy = (b: Uint8Array): Uint8Array => new Uint8Array(b.subarray(0, MAX_OPERAND));
