import { CALL_SIZE, KERNBASE, SITE_SIZE } from '../../../src/abi/text.ts';
import type { FunctionSites, Site } from '../../../src/instrument/sites.ts';
import { type FunctionRange, Symbolizer } from '../../symbolize/symbolizer.ts';
import type { TraceFunction } from '../page/data.ts';
import type { OriginalFiles } from './files.ts';
import { entryOf } from './parts.ts';
import type { Source } from './source.ts';

/** What a PC says about a trace. */
export interface TracedBlock {
  /** Index of its function. */
  fn: number;
  isEntry: boolean;
  line: number;
  /** Bytes into kernel text: blocks of a function are in the order of their text. */
  pc: number;
  /** What the source says of it; missing where that cannot be read. */
  text?: BlockText;
}

export interface BlockText {
  site: Site;
  suspends: boolean;
  /** A default value among the parameters, which comes before the function's entry. */
  isParameter: boolean;
  source: Source;
}

/** The functions and blocks of a snapshot, by PC. */
export class TracedBlocks {
  readonly #symbolizer: Symbolizer;
  readonly #ranges: readonly FunctionRange[];
  readonly #starts: Float64Array;
  readonly #files: OriginalFiles;
  readonly #sites: SiteIndex;
  readonly #blocks = new Map<number, TracedBlock | null>();

  constructor(elf: Uint8Array, sources: readonly Source[], files: OriginalFiles) {
    this.#symbolizer = new Symbolizer(elf);
    this.#ranges = this.#symbolizer.functions();
    this.#starts = Float64Array.from(this.#ranges, ({ address }) => Number(address - KERNBASE));
    this.#files = files;
    this.#sites = new SiteIndex(sources);
  }

  /** @returns null where the snapshot has no function there */
  at(pc: number): TracedBlock | null {
    let block = this.#blocks.get(pc);
    if (block === undefined) {
      block = this.#find(pc);
      this.#blocks.set(pc, block);
    }
    return block;
  }

  /** Names of all functions. */
  get symbols(): string[] {
    return this.#ranges.map(({ symbol }) => symbol);
  }

  function(fn: number): TraceFunction {
    const { symbol, address } = this.#ranges[fn]!;
    const { file, line = 0 } = this.#symbolizer.lookup(address) ?? {};
    const index = file === undefined ? undefined : this.#files.indexOf(file);
    return { name: symbol, line, ...(index !== undefined && { file: index }) };
  }

  #find(pc: number): TracedBlock | null {
    const fn = lastAtMost(this.#starts, pc);
    if (fn === -1 || pc >= this.#starts[fn]! + this.#ranges[fn]!.size) return null;
    const line = this.#symbolizer.lookup(KERNBASE + BigInt(pc))?.line ?? 0;
    const isEntry = pc === this.#starts[fn]! + CALL_SIZE;
    const text = this.#sites.at(pc);
    return { fn, isEntry, line, pc, ...(text !== undefined && { text }) };
  }
}

/** The sites of the sources by PC. */
class SiteIndex {
  readonly #sources: readonly Source[];
  readonly #bases: Float64Array;
  readonly #texts = new Map<Source, readonly BlockText[]>();

  constructor(sources: readonly Source[]) {
    const base = ({ analysis }: Source): number => Number(analysis.address - KERNBASE);
    this.#sources = [...sources].sort((a, b) => base(a) - base(b));
    this.#bases = Float64Array.from(this.#sources, base);
  }

  at(pc: number): BlockText | undefined {
    const index = lastAtMost(this.#bases, pc);
    const source = this.#sources[index];
    if (source === undefined) return undefined;
    let texts = this.#texts.get(source);
    if (texts === undefined) {
      texts = source.analysis.functions.flatMap((one) => textsOf(one, source));
      this.#texts.set(source, texts);
    }
    return texts[(pc - CALL_SIZE - this.#bases[index]!) / SITE_SIZE];
  }
}

function textsOf(one: FunctionSites, source: Source): BlockText[] {
  const body = entryOf(one)?.start ?? 0;
  const { sites, suspends } = one;
  return sites.map((site) => ({ site, source, suspends, isParameter: site.start < body }));
}

/** Index of the last that is no larger; -1 where there is none. */
function lastAtMost(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
