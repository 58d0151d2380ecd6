import { replaced, without } from './pieces.ts';
import type { Trial } from './trial.ts';

/** What stands between two marks that belong together: brackets, quotes, tags. */
export interface Group {
  /** Where the first mark begins and the last one ends. */
  readonly start: number;
  readonly end: number;
  /** Where what is inside begins and ends. */
  readonly from: number;
  readonly to: number;
}

/** The largest groups in a group, which are tried in its place. */
const CHILDREN = 8;

const NOTHING = new Uint8Array();
const ZERO = Buffer.from('0');

/** The longest groups of an input; when they are gone others are the longest. */
const MOST = 2000;

const BRACKETS = ['()', '[]', '{}', '<>'];
const QUOTES = ['"', "'", '`'];
// No shorter name is tried where there is no end, which would take for ever in a long one.
const TAG = /<(\/?)([A-Za-z][\w:.-]*)(?![\w:.-])([^<>]*)>/g;

/** Groups of an input that is taken for text, the longest first. What has no counterpart is passed over. */
export function groupsOf(data: Uint8Array): Group[] {
  const text = Buffer.from(data.buffer, data.byteOffset, data.length).toString('latin1');
  const all = [
    ...BRACKETS.flatMap((pair) => [...bracketed(text, pair)]),
    ...QUOTES.flatMap((quote) => [...quoted(text, quote)]),
    ...elements(text),
  ];
  return all.sort((a, b) => lengthOf(b) - lengthOf(a) || a.start - b.start).slice(0, MOST);
}

function* bracketed(text: string, pair: string): Generator<Group> {
  const open: number[] = [];
  for (let at = 0; at < text.length; at++) {
    if (text[at] === pair[0]) open.push(at);
    if (text[at] !== pair[1]) continue;
    const start = open.pop();
    if (start !== undefined) yield { start, end: at + 1, from: start + 1, to: at };
  }
}

/** From every other quote to the next that is not escaped. */
function* quoted(text: string, quote: string): Generator<Group> {
  let start = -1;
  for (let at = text.indexOf(quote); at !== -1; at = text.indexOf(quote, at + 1)) {
    if (start === -1) start = at;
    else if (text[at - 1] !== '\\') {
      yield { start, end: at + 1, from: start + 1, to: at };
      start = -1;
    }
  }
}

/** Elements of XML and HTML, from their opening to their closing tag. */
function* elements(text: string): Generator<Group> {
  const open = new Map<string, { start: number; from: number }[]>();
  for (const { 0: tag, 1: slash, 2: name, 3: rest, index } of text.matchAll(TAG)) {
    const same = open.get(name!) ?? [];
    open.set(name!, same);
    if (slash === '') {
      if (!rest!.endsWith('/')) same.push({ start: index, from: index + tag.length });
      continue;
    }
    const { start, from } = same.pop() ?? {};
    if (start !== undefined) yield { start, end: index + tag.length, from: from!, to: index };
  }
}

/** Removes groups, or puts something smaller in their place: the longest first. */
export async function removeGroups(trial: Trial): Promise<void> {
  let groups = groupsOf(trial.best);
  for (let i = 0; i < groups.length && !trial.isOver; ) {
    const group = groups[i]!;
    if (!(await shrinkGroup(trial, group, groups))) {
      i++;
      continue;
    }
    groups = groupsOf(trial.best);
    // Longer ones have had their turn.
    i = groups.findIndex((other) => lengthOf(other) <= lengthOf(group));
    if (i === -1) return;
  }
}

/** Without it, with 0 for it, with what is inside, with a group inside, or with nothing inside. */
async function shrinkGroup(trial: Trial, group: Group, groups: readonly Group[]): Promise<boolean> {
  const { best } = trial;
  const { start, end, from, to } = group;
  for (const part of [NOTHING, ZERO, best.subarray(from, to)])
    if (await trial.attempt(replaced(best, start, end, part))) return true;
  for (const child of childrenOf(group, groups))
    if (await trial.attempt(replaced(best, start, end, best.subarray(child.start, child.end)))) return true;
  return trial.attempt(without(best, from, to));
}

/** Groups in a group that are in no other one of it. */
function childrenOf(group: Group, groups: readonly Group[]): Group[] {
  const isIn = (one: Group, other: Group): boolean =>
    one !== other && one.start >= other.from && one.end <= other.to;
  const children: Group[] = [];
  for (const one of groups) {
    if (children.length === CHILDREN) break;
    if (isIn(one, group) && !children.some((child) => isIn(one, child))) children.push(one);
  }
  return children;
}

const lengthOf = ({ start, end }: Group): number => end - start;
