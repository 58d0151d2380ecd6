import type { FunctionSymbol } from '../abi/module.ts';
import { pcLow, SITE_SIZE } from '../abi/text.ts';

/** A place in the source: line counted from 1, column from 0, as Babel has them. */
export interface Place {
  line: number;
  column: number;
}

/** A place that traces: the entry of a block, or a comparison. */
export interface Site {
  kind: 'block' | 'cmp';
  place: Place;
  /** The source text that runs when a block is entered, less that of the blocks inside; empty for comparisons. */
  start: number;
  end: number;
  /** Write the low half of the site's PC into the instrumented code. */
  links: ((pc: number) => void)[];
  /** Bytes from the module's base, once laid out. */
  offset: number;
}

export interface FunctionSites {
  name: string;
  sites: Site[];
}

/** An istanbul branch and the sites that tell its arms; null for an arm that runs whenever the whole does. */
export interface Branch {
  type: 'if' | 'cond-expr' | 'switch' | 'binary-expr' | 'default-arg';
  place: Place;
  arms: (Site | null)[];
}

/** What the rewriter found in one file. Functions stand in the order of their first character. */
export class SiteTable {
  readonly functions: FunctionSites[] = [];
  readonly branches: Branch[] = [];

  /** Gives every site its offset, function by function, each function's sites in the order of the source. */
  layOut(): void {
    let offset = 0;
    for (const { sites } of this.functions) {
      sites.sort((a, b) => a.place.line - b.place.line || a.place.column - b.place.column);
      for (const site of sites) {
        site.offset = offset;
        offset += SITE_SIZE;
      }
    }
  }

  /** Bytes of text. */
  get size(): number {
    return this.functions.reduce((sum, { sites }) => sum + sites.length * SITE_SIZE, 0);
  }

  symbols(): FunctionSymbol[] {
    return this.functions
      .filter(({ sites }) => sites.length > 0)
      .map(({ name, sites }) => ({ name, offset: sites[0]!.offset, size: sites.length * SITE_SIZE }));
  }

  /** Writes the PCs, now that the base is known, into the instrumented code. */
  link(base: number): void {
    for (const { sites } of this.functions)
      for (const { links, offset } of sites) for (const link of links) link(pcLow(base + offset));
  }

  *[Symbol.iterator](): Generator<Site> {
    for (const { sites } of this.functions) yield* sites;
  }
}
