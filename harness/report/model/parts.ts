import type { FunctionSites, Site } from '../../../src/instrument/sites.ts';
import { type Originals, offsetOf } from './originals.ts';
import type { Source } from './source.ts';

/** A function as istanbul has it, and as we do. */
export interface PartFunction {
  /** The place of its body: `line:column`. */
  key: string;
  sites: FunctionSites;
  entry: Site;
}

/** What a file that was loaded says of a file that a person wrote. */
export interface Part {
  source: Source;
  originals: Originals;
  /** Places of statements, `line:column`, and the blocks that run them. */
  statements: readonly (readonly [key: string, site: Site])[];
  functions: readonly PartFunction[];
  /** All blocks that are shown there. */
  blocks: readonly Site[];
}

export const keyOf = ({ line, column }: { line: number; column: number }): string => `${line}:${column}`;

interface Draft {
  statements: (readonly [string, Site])[];
  functions: PartFunction[];
  blocks: Site[];
}

/** The files that a person wrote and that stand in one that was loaded, by path. */
export function partsOf(source: Source, originals: Originals): Map<string, Part> {
  const parts = new Map<string, Draft>();
  const partAt = (path: string): Draft => {
    const part = parts.get(path) ?? { statements: [], functions: [], blocks: [] };
    parts.set(path, part);
    return part;
  };
  const { analysis, maps } = source;
  for (const loc of Object.values(maps.statementMap)) {
    const found = originals.location(loc);
    if (found === null) continue;
    const block = analysis.blockAt(offsetOf(source, loc.start));
    partAt(found.path).statements.push([keyOf(found.loc.start), block]);
  }
  const entries = functionsByBody(source);
  for (const { loc } of Object.values(maps.fnMap)) {
    const found = originals.location(loc);
    const known = entries.get(offsetOf(source, loc.start));
    if (found !== null && known !== undefined)
      partAt(found.path).functions.push({ key: keyOf(found.loc.start), ...known });
  }
  for (const { sites } of analysis.functions)
    for (const site of sites)
      if (site.kind === 'block') partAt(originals.line(site.place).path).blocks.push(site);
  return new Map([...parts].map(([path, draft]) => [path, { source, originals, ...draft }]));
}

/** Functions by where their bodies begin. */
function functionsByBody({ analysis }: Source): Map<number, { sites: FunctionSites; entry: Site }> {
  const found = new Map<number, { sites: FunctionSites; entry: Site }>();
  for (const sites of analysis.functions) {
    const entry = entryOf(sites);
    if (entry !== undefined) found.set(entry.start, { sites, entry });
  }
  return found;
}

/** The block that a function is entered with. */
export const entryOf = ({ sites }: FunctionSites): Site | undefined =>
  sites.find(({ kind, decision }) => kind === 'block' && decision === undefined);
