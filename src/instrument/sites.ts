import type { FunctionSymbol } from '../abi/module.ts';
import { pcLow, SITE_SIZE } from '../abi/text.ts';

/** A place in the source: line counted from 1, column from 0, as Babel has them. */
export interface Place {
  line: number;
  column: number;
}

/**
 * A place that traces: the entry of a block, a comparison, or where a block goes on behind what may throw. The last has
 * a counter, but no PC.
 */
export interface Site {
  kind: 'block' | 'cmp' | 'resume';
  place: Place;
  /** The source text that runs when a block is entered, less that of the blocks inside; empty for comparisons. */
  start: number;
  end: number;
  /** Write what is known once the text is laid out into the instrumented code, as the low half of the site's PC. */
  links: ((pc: number) => void)[];
  /** Bytes from the module's base, once laid out. */
  offset: number;
  /** The block that it stands in; null for the program itself. */
  parent: Site | null;
  /** The outermost loop around it in its function, by its first character; -1 where there is none. */
  loop: number;
  /** Whether it stands in the head of a loop, to which execution comes back. */
  isHead: boolean;
  /** Whether a block is entered; missing where it is entered with its function. */
  decision?: Decision;
}

/** What a block is entered as. `rest` is what follows a statement that may leave. */
export type BlockKind = 'then' | 'else' | 'case' | 'loop' | 'operand' | 'default' | 'catch' | 'rest';

/** Text after which a block is entered or not. */
export interface Decision {
  kind: BlockKind;
  start: number;
  end: number;
  /** Blocks in which it is evaluated: a loop's test in the one around the loop, and again in its body. */
  from: readonly Site[];
  /** The operand that must be evaluated for the arm to be entered, and so decides; the whole where it is missing. */
  last?: { start: number; end: number };
  /** The other arm, where each decision enters one of the two. */
  other?: Site;
  /** Of a case its test; null for `default`. */
  test?: { start: number; end: number } | null;
}

/** A call in the text. */
export interface CallText {
  /** Of what is called, without what it is a property of; empty where the text does not say. */
  name: string;
  /** By their ends calls stand in the order in which they are made. */
  end: number;
  /** As of a site. */
  loop: number;
  isHead: boolean;
  /** The blocks that it stands in. */
  from: readonly Site[];
}

/** Which of a module's counters is a site's. */
export const counterOf = ({ offset }: Site): number => offset / SITE_SIZE;

export interface FunctionSites {
  name: string;
  /** Whether it may be left and gone on with later: a generator, an async function, a module that awaits. */
  suspends: boolean;
  sites: Site[];
}

/** An istanbul branch and the sites that tell its arms; null for an arm that runs whenever the whole does. */
export interface Branch {
  type: 'if' | 'cond-expr' | 'switch' | 'binary-expr' | 'default-arg';
  place: Place;
  arms: (Site | null)[];
}

/** Names of a module's variable for its counters, and of the function that gives it its value. */
export interface CounterNames {
  table: string;
  init: string;
}

/** What the rewriter found in one file. Functions stand in the order of their first character. */
export class SiteTable {
  readonly functions: FunctionSites[] = [];
  readonly branches: Branch[] = [];
  readonly calls: CallText[] = [];
  /** In the order of the source. */
  readonly resumptions: Site[] = [];
  /** Null where nothing is counted. */
  counterNames: CounterNames | null = null;

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
    for (const site of this.resumptions) {
      site.offset = offset;
      offset += SITE_SIZE;
    }
  }

  /** How many counters there are. */
  get counters(): number {
    return this.size / SITE_SIZE + this.resumptions.length;
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
    for (const { links, offset } of [...this, ...this.resumptions])
      for (const link of links) link(pcLow(base + offset));
  }

  *[Symbol.iterator](): Generator<Site> {
    for (const { sites } of this.functions) yield* sites;
  }
}
