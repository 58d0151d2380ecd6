import { KERNBASE, KERNEL_TEXT_SIZE, MODULE_ALIGN, pcLow, SITE_SIZE, TEXT_SIZE } from '../../src/abi/text.ts';
import { Stability } from './stability.ts';

/** A loaded module, as kldstat(2) tells of it. */
export interface LoadedModule {
  /** First byte of its text. */
  address: bigint;
  /** Bytes of text. */
  size: number;
}

/** Counters that can be handed out. The memory is taken from the system only where it is written. */
const MAX_COUNTERS = 1 << 24;
/** Regions after the first come in at least this size, since libFuzzer takes no more than 4096 of them. */
const REGION = 4096;
/** Sites of one page of text. */
const PAGE_SITES = MODULE_ALIGN / SITE_SIZE;
const PAGE_SHIFT = Math.log2(MODULE_ALIGN);
const SITE_SHIFT = Math.log2(SITE_SIZE);

/** The page is not known; its module may have loaded since. */
const UNKNOWN = 0;
/** No module has the page. What it counts is not registered and reaches nobody. */
const NOWHERE = PAGE_SITES;
const FIRST = 2 * PAGE_SITES;

const FLOORS = [1, 2, 3, 4, 8, 16, 32, 128];
/**
 * libFuzzer's classes of a counter's value, each a bit: 1, 2, 3, 4-7, 8-15, 16-31, 32-127, 128 and more.
 * A run is new to libFuzzer when a counter is in a class that it was not in before.
 */
const BUCKETS = Uint8Array.from({ length: 256 }, (_, count) => {
  return count === 0 ? 0 : 1 << FLOORS.findLastIndex((floor) => floor <= count);
});

/** A count in the highest of these classes, 0 for none. */
const countOf = (classes: number): number => (classes === 0 ? 0 : FLOORS[31 - Math.clz32(classes)]!);

/** Times that something new at one place may fail to come back before it is left alone. */
const MAX_DOUBTS = 4;

export interface StabilityReport {
  /** Of the places that were reached, those that were reached alike whenever an input ran again: from 0 to 1. */
  share: number;
  /** Low halves of the PCs of the others. */
  flaky: number[];
}

/**
 * libFuzzer's 8-bit counters for the sites of all modules. Sites have counters in the order of their addresses;
 * a table of pages finds a module's first, so that a PC costs two loads.
 */
export class Counters {
  readonly #register: (counters: Buffer) => void;
  readonly #kldstat: () => readonly LoadedModule[];
  /** For each page of text the counter of its first site. */
  readonly #pages = new Int32Array(TEXT_SIZE / MODULE_ALIGN);
  /** Where pages that follow one another begin, and so do their counters; the counters in their order. */
  readonly #runs: { page: number; counter: number }[] = [];
  /** What libFuzzer reads, and clears. Saturates at 255 by itself. */
  readonly #counters = new Uint8ClampedArray(MAX_COUNTERS);
  /** How often the current input has reached each. Words take a third less time to count in than such bytes. */
  readonly #reached = new Uint32Array(MAX_COUNTERS);
  /** For each counter the classes that count, and how often a new one did not come back when its input ran again. */
  readonly #seen = new Uint8Array(MAX_COUNTERS);
  readonly #doubts = new Uint8Array(MAX_COUNTERS);
  /** What the current input's second run counted. */
  readonly #again = new Uint32Array(MAX_COUNTERS);
  /** Counters that the current input has reached, in its first run, and in its second. */
  readonly #touched = new Int32Array(MAX_COUNTERS);
  readonly #touchedAgain = new Int32Array(MAX_COUNTERS);
  #distinct = 0;
  #distinctAgain = 0;
  readonly #stability = new Stability();
  /** Counters that were reached for the first time since they were asked for. */
  #fresh: number[] = [];
  /** The next counter to hand out, and the first that is not registered. */
  #next = FIRST;
  #registered = FIRST;

  /**
   * @param register takes a region of counters, which stays where it is
   * @param kldstat the modules that are loaded at that time
   */
  constructor(register: (counters: Buffer) => void, kldstat: () => readonly LoadedModule[]) {
    this.#register = register;
    this.#kldstat = kldstat;
    this.#mapModules(0);
  }

  /** Counters handed out so far. */
  get size(): number {
    return this.#next - FIRST;
  }

  /** Places that differ from run to run, by the low half of their PCs, and the share of those that do not. */
  get stability(): StabilityReport {
    const { share, flaky } = this.#stability;
    return { share, flaky: this.#pcsOf(flaky) };
  }

  /** The low halves of the PCs that were reached for the first time since the last call. */
  takeReached(): number[] {
    const fresh = this.#fresh;
    this.#fresh = [];
    return fresh.length === 0 ? [] : this.#pcsOf(fresh);
  }

  /** To be called before each input; its counters must be clear, as libFuzzer leaves them. */
  begin(): void {
    for (let i = 0; i < this.#distinct; i++) this.#reached[this.#touched[i]!] = 0;
    this.#distinct = 0;
  }

  /**
   * Counts the PCs of a buffer. Runs after every execution: no allocation unless a module has loaded.
   *
   * @param words the buffer in 32-bit words
   */
  count(words: Int32Array): void {
    this.#distinct = this.#add(words, this.#reached, this.#touched, this.#distinct);
  }

  /** Counts PCs of a buffer that has each once, where they were not counted at all: those that an overflow lost. */
  countLost(words: Int32Array): void {
    this.#distinct = this.#addLost(words, this.#reached, this.#touched, this.#distinct);
  }

  /**
   * Shows libFuzzer what was counted. A counter that was new and never came back is not asked about any more: it
   * shows the class that it had.
   *
   * @returns whether a counter is in a class that it was not in before
   */
  publish(): boolean {
    let fresh = false;
    for (let i = 0; i < this.#distinct; i++) {
      const at = this.#touched[i]!;
      this.#counters[at] = this.#reached[at]!;
      if (!(BUCKETS[this.#counters[at]!]! & ~this.#seen[at]!)) continue;
      if (this.#doubts[at]! < MAX_DOUBTS) fresh = true;
      else this.#counters[at] = countOf(this.#seen[at]!);
    }
    return fresh;
  }

  /** Counts what the input did when it ran once more, for `confirm`. */
  countAgain(words: Int32Array): void {
    this.#distinctAgain = this.#add(words, this.#again, this.#touchedAgain, this.#distinctAgain);
  }

  /** As `countLost`, for the second run. */
  countLostAgain(words: Int32Array): void {
    this.#distinctAgain = this.#addLost(words, this.#again, this.#touchedAgain, this.#distinctAgain);
  }

  /** Takes back what was new and did not come again: a place counts as often as it was reached in both runs. */
  confirm(): void {
    const [counters, again] = [this.#counters, this.#again];
    let common = 0;
    for (let i = 0; i < this.#distinct; i++) {
      const at = this.#touched[i]!;
      if (again[at] !== 0) common++;
      const bucket = BUCKETS[counters[at]!]!;
      if (bucket === BUCKETS[Math.min(again[at]!, 255)]!) continue;
      this.#stability.differs(at);
      if (!(bucket & ~this.#seen[at]!)) continue;
      this.#doubts[at]!++;
      counters[at] = Math.min(counters[at]!, again[at]!);
    }
    for (let i = 0; i < this.#distinctAgain; i++) {
      const at = this.#touchedAgain[i]!;
      if (counters[at] === 0) this.#stability.differs(at);
      again[at] = 0;
    }
    this.#stability.ran(this.#distinct, common);
    this.#distinctAgain = 0;
  }

  /** Whether inputs that run again do not do again what they did: then nothing can be confirmed. */
  get remembers(): boolean {
    return this.#stability.remembers;
  }

  /** The input is over, and what its counters say counts. @returns whether any of it is new */
  settle(): boolean {
    let fresh = 0;
    for (let i = 0; i < this.#distinct; i++) {
      const at = this.#touched[i]!;
      const seen = this.#seen[at]!;
      const bucket = BUCKETS[this.#counters[at]!]!;
      if (seen === 0 && bucket !== 0) this.#found(at);
      this.#seen[at] = seen | bucket;
      fresh |= bucket & ~seen;
    }
    return fresh !== 0;
  }

  #found(at: number): void {
    this.#stability.found();
    this.#fresh.push(at);
  }

  /** The input failed: libFuzzer is shown nothing of it, and what it did does not count. */
  hide(): void {
    for (let i = 0; i < this.#distinct; i++) this.#counters[this.#touched[i]!] = 0;
    for (let i = 0; i < this.#distinctAgain; i++) this.#again[this.#touchedAgain[i]!] = 0;
    this.#distinctAgain = 0;
  }

  /** With the text of `#counterOf` in place: called, it makes this loop a fifth slower. */
  #add(words: Int32Array, counts: Uint32Array, touched: Int32Array, distinct: number): number {
    const pages = this.#pages;
    const last = words[0]! << 1;
    for (let i = 2; i <= last; i += 2) {
      const offset = words[i]! & (TEXT_SIZE - 1);
      let page = pages[offset >>> PAGE_SHIFT]!;
      if (page === UNKNOWN) page = this.#discover(offset);
      const at = page + ((offset & (MODULE_ALIGN - 1)) >>> SITE_SHIFT);
      if (counts[at]!++ === 0) touched[distinct++] = at;
    }
    return distinct;
  }

  #addLost(words: Int32Array, counts: Uint32Array, touched: Int32Array, distinct: number): number {
    const last = words[0]! << 1;
    for (let i = 2; i <= last; i += 2) {
      const at = this.#counterOf(words[i]!);
      if (counts[at] !== 0) continue;
      counts[at] = 1;
      touched[distinct++] = at;
    }
    return distinct;
  }

  #counterOf(low: number): number {
    const offset = low & (TEXT_SIZE - 1);
    const known = this.#pages[offset >>> PAGE_SHIFT]!;
    const page = known === UNKNOWN ? this.#discover(offset) : known;
    return page + ((offset & (MODULE_ALIGN - 1)) >>> SITE_SHIFT);
  }

  /** The low halves of the PCs of counters' sites. */
  #pcsOf(counters: readonly number[]): number[] {
    return counters.map((counter) => {
      const run = this.#runs.findLast((one) => one.counter <= counter)!;
      return pcLow(run.page * MODULE_ALIGN + (counter - run.counter) * SITE_SIZE);
    });
  }

  /** Asks for modules that have loaded since. @returns the page's first counter */
  #discover(offset: number): number {
    this.#mapModules(REGION);
    const page = offset >>> PAGE_SHIFT;
    if (this.#pages[page] === UNKNOWN) this.#pages[page] = NOWHERE;
    return this.#pages[page]!;
  }

  /** Gives counters to all modules that have none, and registers at least `least` further ones if need be. */
  #mapModules(least: number): void {
    // By address, so that several processes with the same modules number their counters alike.
    const modules = [...this.#kldstat()].sort((a, b) => (a.address < b.address ? -1 : 1));
    for (const module of modules) this.#mapModule(module);
    if (this.#next <= this.#registered) return;
    const size = Math.max(this.#next - this.#registered, least);
    this.#register(Buffer.from(this.#counters.buffer, this.#registered, size));
    this.#registered += size;
  }

  #mapModule({ address, size }: LoadedModule): void {
    const base = Number(address - KERNBASE);
    if (base < KERNEL_TEXT_SIZE) return; // The kernel itself has no sites.
    const first = base >>> PAGE_SHIFT;
    const sites = Math.ceil(size / SITE_SIZE);
    let isRun = false;
    for (let site = 0, page = first; site < sites; site += PAGE_SITES, page++) {
      // A page that two modules claim keeps its first: their coverage cannot be told apart.
      const isNew = this.#pages[page] === UNKNOWN || this.#pages[page] === NOWHERE;
      if (isNew && !isRun) this.#runs.push({ page, counter: this.#next });
      isRun = isNew;
      if (!isNew) continue;
      this.#pages[page] = this.#next;
      this.#next += Math.min(PAGE_SITES, sites - site);
    }
    if (this.#next + REGION > MAX_COUNTERS)
      throw new Error(`the code under test has more than ${MAX_COUNTERS} places to count`);
  }
}
