import { parseSync, traverse } from '@babel/core';
import { KERNBASE, pcLow } from '../abi/text.ts';
import { type Format, parserOptions } from './parse.ts';
import { placeModule } from './placement.ts';
import { rewrite } from './rewrite.ts';
import type { Branch, CallText, FunctionSites, Site, SiteTable } from './sites.ts';

/** What a report needs to know of a file beyond its PCs: which text each block runs, and each branch's arms. */
export interface Analysis {
  /** First byte of the module's text. */
  address: bigint;
  /** Low half of the PC of a site. */
  pcOf(site: Site): number;
  /** The block that runs the text at `offset` characters into the file. */
  blockAt(offset: number): Site;
  branches: readonly Branch[];
  /** In the order of the source, and so are the sites of each. */
  functions: readonly FunctionSites[];
  /** Calls by the blocks in whose own text they stand. */
  calls: ReadonlyMap<Site, readonly CallText[]>;
}

export interface AnalysisOptions {
  /** Whether the code has types; by default the file's name says so. */
  typed?: boolean;
  /** Whether a block that goes on behind what may throw is another one from there on, as its counters have it. */
  counters?: boolean;
}

/**
 * Finds the sites of a file again, from its source alone.
 *
 * @throws Babel's error where the file cannot be parsed
 */
export function analyze(
  code: string,
  filename: string,
  format: Format,
  options: AnalysisOptions = {},
): Analysis {
  const table = sitesOf(code, filename, format, options);
  // They hold on to the program's tree.
  for (const site of [...table, ...table.resumptions]) site.links = [];
  const base = placeModule(filename, code, table.size);
  const blocks = [...table, ...table.resumptions].filter(
    ({ kind, start, end }) => kind !== 'cmp' && end > start,
  );
  blocks.sort((a, b) => a.start - b.start || b.end - a.end);
  return {
    address: KERNBASE + BigInt(base),
    pcOf: ({ offset }) => pcLow(base + offset),
    blockAt: (offset) => innermost(blocks, offset),
    branches: table.branches,
    functions: table.functions,
    calls: callsOf(table),
  };
}

/** The callbacks go into a tree that nobody prints: without them sites come out the same. */
function sitesOf(
  code: string,
  filename: string,
  format: Format,
  { typed, counters = false }: AnalysisOptions,
): SiteTable {
  const file = parseSync(code, parserOptions(filename, format, typed) as object)!;
  let table!: SiteTable;
  traverse(file, {
    Program(path) {
      table = rewrite(path, code, { tracePc: false, traceCmp: false, counters, callbacks: 'call' });
      path.stop();
    },
  });
  table.layOut();
  return table;
}

function callsOf({ calls }: SiteTable): Map<Site, CallText[]> {
  const found = new Map<Site, CallText[]>();
  for (const call of calls)
    for (const block of call.from) {
      const known = found.get(block);
      if (known === undefined) found.set(block, [call]);
      else known.push(call);
    }
  return found;
}

/** Blocks nest, so of those around a character the one that begins last is the innermost. */
function innermost(blocks: readonly Site[], offset: number): Site {
  let [low, high] = [0, blocks.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (blocks[middle]!.start <= offset) low = middle + 1;
    else high = middle;
  }
  for (let i = low - 1; i > 0; i--) if (blocks[i]!.end > offset) return blocks[i]!;
  return blocks[0]!;
}
