import type { CallText, Site } from '../../../src/instrument/sites.ts';
import type { BlockText, TracedBlocks } from './traced-blocks.ts';

/** Where a call may be made, as a place in the caller's text. */
export interface PossibleCall {
  end: number;
  /** Whether the text names the function; it may also name what calls functions that it is given. */
  isNamed: boolean;
}

/** Calls of a block and of those around it, by their ends. */
interface ChainCalls {
  named: ReadonlyMap<string, readonly CallText[]>;
  /** Of what is no function of the traced code by its name. */
  unknown: readonly CallText[];
}

/** What runs without being called: `get Foo.size`, `Foo.<static_initializer>`, `Foo.<computed>`, and conversions. */
const IMPLICIT = /^[gs]et |(?:^|\.)(?:<(?!anonymous)[^>]*>|toString|valueOf|toJSON|next|return|throw|then)$/;

/** What the text of blocks says about whom they call. */
export class CallTexts {
  /** By function: the name that it is called by; empty where it has none, null where it is not called. */
  readonly #names: readonly (string | null)[];
  readonly #known: ReadonlySet<string | null>;
  readonly #chains = new Map<Site, ChainCalls>();

  constructor(blocks: TracedBlocks) {
    this.#names = blocks.symbols.map(calledBy);
    this.#known = new Set(this.#names);
  }

  isImplicit(fn: number): boolean {
    return this.#names[fn] === null;
  }

  /** The next call of a function in the block and in what is around it, from `at` on. */
  callOf(fn: number | null, block: BlockText, at: number): PossibleCall | null {
    const { named, unknown } = this.#chainOf(block);
    const { loop } = block.site;
    const isAgain = (call: CallText): boolean => call.isHead && call.loop === loop;
    const name = fn === null ? null : this.#names[fn]!;
    const own = named.get(name ?? '')?.find((call) => call.end > at || isAgain(call));
    if (own !== undefined) return { end: own.end, isNamed: true };
    // What calls functions that it is given may call several.
    const other = unknown.find((call) => call.end >= at || isAgain(call));
    return other === undefined ? null : { end: other.end, isNamed: false };
  }

  #chainOf({ site, source }: BlockText): ChainCalls {
    let chain = this.#chains.get(site);
    if (chain === undefined) {
      chain = this.#grouped(callsAround(site, source.analysis.calls));
      this.#chains.set(site, chain);
    }
    return chain;
  }

  #grouped(calls: readonly CallText[]): ChainCalls {
    const named = new Map<string, CallText[]>();
    const unknown: CallText[] = [];
    for (const call of calls) {
      if (call.name === '' || !this.#known.has(call.name)) unknown.push(call);
      else named.set(call.name, [...(named.get(call.name) ?? []), call]);
    }
    return { named, unknown };
  }
}

function callsAround(site: Site, calls: ReadonlyMap<Site, readonly CallText[]>): CallText[] {
  const found = [...(calls.get(site) ?? [])];
  // A function is entered with the one block that nothing decides on.
  for (let block = site; block.decision !== undefined && block.parent !== null; ) {
    block = block.parent;
    found.push(...(calls.get(block) ?? []));
  }
  return found.sort((a, b) => a.end - b.end);
}

/** `parse` of `Parser.parse`, `Parser` of its constructor. */
function calledBy(symbol: string): string | null {
  if (IMPLICIT.test(symbol)) return null;
  const name = symbol.replace(/\.constructor$/, '');
  const last = name.slice(name.lastIndexOf('.') + 1);
  return last === '<anonymous>' ? '' : last;
}
