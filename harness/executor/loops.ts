import { readFileSync } from 'node:fs';
import { parseSync, types as t } from '@babel/core';
import { childrenOf } from '../../src/instrument/children.ts';
import { parserOptions } from '../../src/instrument/parse.ts';
import type { Place } from './places.ts';

/** A loop of the source. */
export interface Loop {
  start: Place;
  contains(place: Place): boolean;
}

/**
 * The innermost loop statement that contains all of some places, which are of one function.
 *
 * @returns null where there is none, or where the file cannot be parsed
 */
export function innermostLoop(places: readonly Place[]): Loop | null {
  const { file } = places[0]!;
  if (places.some((place) => place.file !== file)) return null;
  const program = parse(file);
  return program === null ? null : search(program, places, file);
}

function parse(file: string): t.Node | null {
  try {
    const code = readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
    return parseSync(code, parserOptions(file, undefined) as object)?.program ?? null;
  } catch {
    return null;
  }
}

function search(program: t.Node, places: readonly Place[], file: string): Loop | null {
  let loop: t.Node | null = null;
  for (let node: t.Node | undefined = program; node !== undefined; ) {
    if (t.isFunction(node)) loop = null; // A loop around a function is not one that the function is in.
    if (t.isLoop(node)) loop = node;
    node = childrenOf(node).find((child) => places.every((place) => contains(child, place)));
  }
  return loop === null ? null : loopOf(loop, file);
}

function loopOf(node: t.Node, file: string): Loop {
  const { line, column } = node.loc!.start;
  return {
    start: { file, line, column: column + 1 },
    contains: (place) => place.file === file && contains(node, place),
  };
}

function contains({ loc }: t.Node, { line, column }: Place): boolean {
  if (!loc) return false;
  const { start, end } = loc;
  const isAfter = line > start.line || (line === start.line && column > start.column);
  return isAfter && (line < end.line || (line === end.line && column <= end.column));
}
