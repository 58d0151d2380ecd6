import type { Measured } from '../measure/measured.ts';
import type { Door, DoorCompare, Place, Range } from '../page/data.ts';
import { comparesOf, type Kept } from './door-compares.ts';
import { type OriginalFile, type OriginalFiles, textOf } from './files.ts';
import { operandsOf } from './operands.ts';
import { type Reach, together } from './reach.ts';
import { type Shut, shutDoors } from './shut.ts';
import type { Source } from './source.ts';
import { clamped, oneLine, sliceOf } from './text.ts';

/** Doors that a page lists. */
const LISTED = 2000;
/** Characters of the text that decides. */
const CODE_LENGTH = 120;

export interface Frontier {
  listed: Door[];
  /** How many there are. */
  doors: number;
}

/** The doors of all files of the report, those to which execution came most often first. */
export function frontierOf(
  sources: readonly Source[],
  files: OriginalFiles,
  reach: Reach,
  compares: Measured['compares'],
): Frontier {
  const placed = placedDoors(sources, files, reach);
  // Of those in one file the sort keeps the order of the text.
  placed.sort((a, b) => b.shut.visits - a.shut.visits || b.shut.behind - a.shut.behind || a.file - b.file);
  const listed = placed.slice(0, LISTED).map((one) => doorOf(one, files, reach, compares));
  return { listed, doors: placed.length };
}

interface Placed {
  shut: Shut;
  file: number;
  range: Range;
  place: Place;
}

/** Doors by where a person wrote them. Where several files were made of one, a door of all of them is one. */
function placedDoors(sources: readonly Source[], files: OriginalFiles, reach: Reach): Placed[] {
  const placed = new Map<string, Placed>();
  for (const source of sources)
    for (const shut of shutDoors(source, reach)) {
      const one = placeOf(shut, files);
      if (one === null) continue;
      const key = [one.file, shut.kind, ...one.range, ...one.place].join(' ');
      if (!placed.has(key)) placed.set(key, one);
    }
  return [...placed.values()];
}

/** Null where the report does not have the file. */
function placeOf(shut: Shut, files: OriginalFiles): Placed | null {
  const originals = files.originalsOf(shut.source);
  const { start, end } = decidingPart(shut);
  const deciding = originals.piece(start, end);
  const file = deciding === null ? undefined : files.indexOf(deciding.path);
  if (deciding === null || file === undefined) return null;
  const [line, column] = deciding.range;
  // What is not there as text has no place in a map.
  const entered = shut.end > shut.start ? originals.piece(shut.start, shut.end) : null;
  const range = entered?.path === deciding.path ? entered.range : missing(shut, files, deciding.range);
  return { shut, file, range, place: [line, column] };
}

/** Behind the statement whose arm is missing. */
function missing({ source, start }: Shut, files: OriginalFiles, [, , line, column]: Range): Range {
  const own = files.originalsOf(source).piece(start, start);
  return own?.range ?? [line, column, line, column];
}

/** A case is decided where it stands, and not where its `switch` does. */
function decidingPart({ kind, decision, site }: Shut): { start: number; end: number } {
  if (kind !== 'case') return decision;
  return decision.test ?? { start: site.start, end: site.start + 'default'.length };
}

function doorOf(
  { shut, file, range, place }: Placed,
  files: OriginalFiles,
  reach: Reach,
  compares: Measured['compares'],
): Door {
  const { source, sites, kind, visitors, visits, behind } = shut;
  const original = files.list[file]!;
  const { inputs, smallest } = together(visitors.map((block) => reach.of(source, block)));
  const code = oneLine(codeOf(shut, original, files), CODE_LENGTH);
  return {
    file,
    range: clamped(textOf(original))(range),
    kind,
    place,
    code,
    function: sites.name,
    visits,
    inputs,
    smallest,
    behind,
    compares: comparesOf(shut, compares).map((kept) => compareOf(kept, shut, files, place)),
  };
}

function compareOf(
  { site, left, right, input }: Kept,
  { source }: Shut,
  files: OriginalFiles,
  place: Place,
): DoorCompare {
  const found = files.originalsOf(source).piece(site.start, site.start + 1);
  return { place: found ? [found.range[0], found.range[1]] : place, ...operandsOf(left, right), input };
}

function codeOf(shut: Shut, original: OriginalFile, files: OriginalFiles): string {
  const read = ({ start, end }: { start: number; end: number }): string =>
    pieceText(shut, original, files, start, end);
  const { decision, kind } = shut;
  if (kind !== 'case') return read(decision);
  return `${read(decision)}) ${decision.test ? `case ${read(decision.test)}` : 'default'}`;
}

/** As a person wrote it, where that can be read. */
function pieceText(
  { source }: Shut,
  original: OriginalFile,
  files: OriginalFiles,
  start: number,
  end: number,
): string {
  if (original.path === source.filename) return source.code.slice(start, end);
  const piece = files.originalsOf(source).piece(start, end);
  const text = piece?.path === original.path ? textOf(original) : null;
  return text === null ? source.code.slice(start, end) : sliceOf(text, piece!.range);
}
