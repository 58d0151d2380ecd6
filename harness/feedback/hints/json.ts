import type { Edit } from './edit.ts';
import { doubleOf, integersOf } from './numbers.ts';
import type { Operand } from './operand.ts';

const MAX_LENGTH = 4096;
const MAX_VALUES = 32;

/** Scalars and empty containers of a JSON text; a key is one too, and gives no JSON where it is taken for a value. */
const VALUE = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|\{\s*\}|\[\s*\]/g;
/** What a new key may hold. */
const CONTENTS = ['1', '{}', '""', 'true', '[]'];

/**
 * Changes that leave JSON to be JSON: the wanted operand as a value of its own type, and as a key. None where the
 * input is no JSON.
 */
export function* jsonEdits(input: Buffer, wanted: Operand): Generator<Edit[]> {
  const value = literal(wanted);
  if (value === null || input.length > MAX_LENGTH || !isJson(input)) return;
  const text = input.toString('latin1');
  let count = 0;
  for (const { index: at, 0: run } of text.matchAll(VALUE)) {
    if (++count > MAX_VALUES) break;
    const forms = wanted.type === 'text' ? [value, `[${value}]`, `{${value}:""}`] : [value, `[${value}]`];
    for (const insert of forms) yield [{ at, remove: run.length, insert: Buffer.from(insert) }];
  }
  if (wanted.type === 'text') yield* keys(text, value);
}

/** The key in each object, as its first. */
function* keys(text: string, key: string): Generator<Edit[]> {
  let count = 0;
  for (let at = text.indexOf('{'); at !== -1 && ++count <= MAX_VALUES; at = text.indexOf('{', at + 1)) {
    const comma = /^\s*\}/.test(text.slice(at + 1, at + 64)) ? '' : ',';
    for (const content of CONTENTS)
      yield [{ at: at + 1, remove: 0, insert: Buffer.from(`${key}:${content}${comma}`) }];
  }
}

function literal(wanted: Operand): string | null {
  if (wanted.type === 'text') return JSON.stringify(wanted.text);
  if (wanted.type === 'bytes') return null;
  const double = doubleOf(wanted);
  if (double !== null && Number.isFinite(double)) return `${double}`;
  return `${integersOf(wanted).at(-1)!}`;
}

function isJson(input: Buffer): boolean {
  try {
    JSON.parse(input.toString());
    return true;
  } catch {
    return false;
  }
}
