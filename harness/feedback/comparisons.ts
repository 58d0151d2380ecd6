import { CMP_ARG1, CMP_ARG2, CMP_PC, CMP_TYPE, CMP_WORDS, KCOV_CMP_SIZE } from '../../src/abi/kcov.ts';
import { SITE_SIZE, textOffset } from '../../src/abi/text.ts';

/** libFuzzer's hooks for comparisons. */
export interface CompareHooks {
  traceIntegerCompare(id: number, a: number, b: number): void;
  traceUnequalStrings(id: number, a: string, b: string): void;
  traceStringContainment(id: number, needle: string, haystack: string): void;
}

/**
 * Comparisons of one site and run that libFuzzer is told of. Its table of recent compares has 32 slots, so a loop
 * over a long table would push out all that was there: with 64 a fuzzer needs four times the runs that it needs
 * with 4 to get past a comparison that comes after such a loop, and two times with 16; below 4 nothing is gained.
 */
const PER_SITE = 4;
/**
 * Runs after which a site reports others of its comparisons, as a power of two: so long, libFuzzer works with them.
 * Where the window moves on with every run, the table of recent compares holds as many different ones as with 16 a
 * run; where it never does, no entry of a long table but the first is ever found.
 */
const WINDOW_SHIFT = 5;
/** Sites that are told apart; some share what they may report. A power of two. */
const SITES = 4096;

const CMP_SIZE_8 = KCOV_CMP_SIZE(3);
const WORD = 2 ** 32;
/** libFuzzer looks at this many bytes of a string, each of which may be a character. */
const MAX_STRING = 64;

/**
 * The site's number in kernel text. libFuzzer wants an id that stays the same and differs in its low nine bits,
 * which are all that its value profile keeps of it: those of a PC differ in six.
 */
export const siteId = (pcLow: number): number => Math.floor(textOffset(pcLow) / SITE_SIZE);

/**
 * Hands the comparisons of a run to libFuzzer. What a site may report is a window over its comparisons that moves
 * on every few runs, so that the end of a long table gets its turn.
 */
export class Comparisons {
  readonly #hooks: CompareHooks;
  /** For each site the last run in which it compared, how often that was, and where its window begins. */
  readonly #ran = new Int32Array(SITES);
  readonly #count = new Int32Array(SITES);
  readonly #window = new Int32Array(SITES);
  #run = 0;

  constructor(hooks: CompareHooks) {
    this.#hooks = hooks;
  }

  /** To be called before each run. */
  reset(): void {
    this.#run = (this.#run + 1) | 0;
  }

  /**
   * Numbers, from the records of a mapped buffer.
   *
   * @param words the buffer in 32-bit words
   */
  report(words: Int32Array): void {
    const count = words[0]!;
    for (let i = 0; i < count; i++) {
      const at = 2 * (i * CMP_WORDS + 1);
      const arg1 = at + 2 * CMP_ARG1;
      const arg2 = at + 2 * CMP_ARG2;
      const wide = (words[at + 2 * CMP_TYPE]! & CMP_SIZE_8) === CMP_SIZE_8;
      if (words[arg1] === words[arg2] && words[arg1 + 1] === words[arg2 + 1]) continue;
      if (wide && !(isExact(words, arg1) && isExact(words, arg2))) continue;
      const id = siteId(words[at + 2 * CMP_PC]!);
      if (this.#mayReport(id))
        this.#hooks.traceIntegerCompare(id, integer(words, arg1), integer(words, arg2));
    }
  }

  /** Strings, as the kernel's hook sees them during the run. */
  strcmp(pcLow: number, s1: string, s2: string): void {
    // libFuzzer takes nothing that is shorter than two bytes.
    if (s1.length < 2 || s2.length < 2) return;
    const id = siteId(pcLow);
    if (this.#mayReport(id))
      this.#hooks.traceUnequalStrings(id, s1.slice(0, MAX_STRING), s2.slice(0, MAX_STRING));
  }

  /** A search that found nothing. */
  strstr(pcLow: number, haystack: string, needle: string): void {
    if (needle.length < 2) return;
    const id = siteId(pcLow);
    if (this.#mayReport(id))
      this.#hooks.traceStringContainment(id, needle.slice(0, MAX_STRING), haystack.slice(0, MAX_STRING));
  }

  #mayReport(id: number): boolean {
    const site = id & (SITES - 1);
    if (this.#ran[site] !== this.#run) this.#moveOn(site);
    const place = this.#count[site]!++ - this.#window[site]!;
    return place >= 0 && place < PER_SITE;
  }

  /** The site's first comparison in this run. Its window moves on in time, or back to the start where it ran out. */
  #moveOn(site: number): void {
    if (this.#ran[site]! >> WINDOW_SHIFT !== this.#run >> WINDOW_SHIFT) {
      const next = this.#window[site]! + PER_SITE;
      this.#window[site] = next < this.#count[site]! ? next : 0;
    }
    this.#count[site] = 0;
    this.#ran[site] = this.#run;
  }
}

/** The 64-bit word whose low half is at `at`, as the signed number that the hook takes. */
const integer = (words: Int32Array, at: number): number => words[at + 1]! * WORD + (words[at]! >>> 0);

/** Whether a double holds the word: eight characters of a string it does not, the bits of 0.5 it does. */
function isExact(words: Int32Array, at: number): boolean {
  return integer(words, at) - words[at + 1]! * WORD === words[at]! >>> 0;
}
