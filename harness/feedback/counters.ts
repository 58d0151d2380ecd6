import { KERNBASE, KERNEL_TEXT_SIZE, MODULE_ALIGN, SITE_SIZE, TEXT_SIZE } from '../../src/abi/text.ts';

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

/**
 * libFuzzer's classes of a counter's value, each a bit: 1, 2, 3, 4-7, 8-15, 16-31, 32-127, 128 and more.
 * A run is new to libFuzzer when a counter is in a class that it was not in before.
 */
const BUCKETS = Uint8Array.from({ length: 256 }, (_, count) => {
  const floors = [1, 2, 3, 4, 8, 16, 32, 128];
  return count === 0 ? 0 : 1 << floors.findLastIndex((floor) => floor <= count);
});

/**
 * libFuzzer's 8-bit counters for the sites of all modules. Sites have counters in the order of their addresses;
 * a table of pages finds a module's first, so that a PC costs two loads.
 */
export class Counters {
  readonly #register: (counters: Buffer) => void;
  readonly #kldstat: () => readonly LoadedModule[];
  /** For each page of text the counter of its first site. */
  readonly #pages = new Int32Array(TEXT_SIZE / MODULE_ALIGN);
  /** Saturates at 255 by itself. */
  readonly #counters = new Uint8ClampedArray(MAX_COUNTERS);
  /** For each counter the classes that it has been in. */
  readonly #seen = new Uint8Array(MAX_COUNTERS);
  /** Counters that the current run has raised from 0. */
  readonly #touched: Int32Array;
  /** The next counter to hand out, and the first that is not registered. */
  #next = FIRST;
  #registered = FIRST;

  /**
   * @param register takes a region of counters, which stays where it is
   * @param kldstat the modules that are loaded at that time
   * @param entries of the buffer whose PCs are counted
   */
  constructor(register: (counters: Buffer) => void, kldstat: () => readonly LoadedModule[], entries: number) {
    this.#register = register;
    this.#kldstat = kldstat;
    this.#touched = new Int32Array(entries);
    this.#mapModules(0);
  }

  /** Counters handed out so far. */
  get size(): number {
    return this.#next - FIRST;
  }

  /**
   * Counts the PCs of a buffer. Runs after every execution: no allocation unless a module has loaded.
   *
   * @param words the buffer in 32-bit words; the counters must be clear, as libFuzzer leaves them before a run
   * @returns whether a counter is in a class that it was never in before
   */
  count(words: Int32Array): boolean {
    const pages = this.#pages;
    const counters = this.#counters;
    const touched = this.#touched;
    const last = words[0]! << 1;
    let distinct = 0;
    for (let i = 2; i <= last; i += 2) {
      const offset = words[i]! & (TEXT_SIZE - 1);
      let page = pages[offset >>> PAGE_SHIFT]!;
      if (page === UNKNOWN) page = this.#discover(offset);
      const at = page + ((offset & (MODULE_ALIGN - 1)) >>> SITE_SHIFT);
      if (counters[at] === 0) touched[distinct++] = at;
      counters[at]!++;
    }
    return this.#isNew(distinct);
  }

  /** Notes the classes of the counters that this run raised. */
  #isNew(distinct: number): boolean {
    let fresh = 0;
    for (let i = 0; i < distinct; i++) {
      const at = this.#touched[i]!;
      const seen = this.#seen[at]!;
      const bucket = BUCKETS[this.#counters[at]!]!;
      this.#seen[at] = seen | bucket;
      fresh |= bucket & ~seen;
    }
    return fresh !== 0;
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
    for (let site = 0, page = first; site < sites; site += PAGE_SITES, page++) {
      // A page that two modules claim keeps its first: their coverage cannot be told apart.
      if (this.#pages[page] !== UNKNOWN && this.#pages[page] !== NOWHERE) continue;
      this.#pages[page] = this.#next;
      this.#next += Math.min(PAGE_SITES, sites - site);
    }
    if (this.#next + REGION > MAX_COUNTERS)
      throw new Error(`the code under test has more than ${MAX_COUNTERS} places to count`);
  }
}
