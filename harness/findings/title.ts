import { createHash } from 'node:crypto';
import type { Fault } from '../executor/fault.ts';
import { headline } from '../symbolize/stack.ts';
import { isOverflow, repeated } from './recursion.ts';
import { type StackFrame, stackFrames } from './stack-frame.ts';
import { oneLine, shorten, wording } from './wording.ts';

/** What tells one finding from another. */
export interface Title {
  /** For people: `TypeError: Cannot read properties of undefined (reading 'x') in decode (lib/decoder.js:120)`. */
  text: string;
  /** Equal for what is the same bug. */
  key: string;
}

/** Characters of a title's text. */
const TEXT = 120;
/** Hex digits. */
const KEY = 16;
const SLUG_HASH = 8;
const SLUG_TEXT = 50;
/** Callers of the innermost function that count, by function and file alone. */
const CALLERS = 2;

/**
 * What to call a fault, and what makes it the same as another: its kind, the name of its error, the wording of the
 * message, the innermost place in the code under test, and by name the two functions around that. Of an endless
 * recursion it is the functions that take part, since chance decides which of them meets the end of the stack.
 *
 * Paths count from the last `node_modules/` on, or from the folder of the nearest package.json, so that the key is the
 * same in every checkout.
 */
export function titleOf(fault: Fault): Title {
  const frames = stackFrames(fault.error.stack);
  const place = isOverflow(fault.error) ? placeOfRecursion(frames) : placeOfFailure(frames);
  return { text: textOf(fault, place.text), key: hash([...subject(fault, place), ...place.key], KEY) };
}

/** A short name for a folder: letters, digits and hyphens, different for different keys. */
export function slugOf({ text, key }: Title): string {
  const words = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, SLUG_TEXT)
    .replace(/^-+|-+$/g, '');
  return [words || 'finding', hash([key], SLUG_HASH)].join('-');
}

interface FaultPlace {
  /** `decode (lib/decoder.js:120)`; empty where it is not known. */
  text: string;
  key: string[];
}

function placeOfFailure(frames: readonly StackFrame[]): FaultPlace {
  const [first] = frames;
  if (first === undefined) return { text: '', key: [] };
  const names = [...new Set(frames.map(nameOf))];
  const where = `${first.shown}:${first.line}`;
  return {
    text: first.function === '' ? where : `${first.function} (${where})`,
    key: [names[0]!, `${first.line}:${first.column}`, ...names.slice(1, 1 + CALLERS)],
  };
}

function placeOfRecursion(frames: readonly StackFrame[]): FaultPlace {
  const circle = repeated(frames, nameOf);
  if (circle.length === 0) return placeOfFailure(frames);
  const functions = [...new Set(circle.map((frame) => frame.function))].filter(Boolean).sort();
  return {
    text: `${functions.join(', ') || 'a function'} (${circle[0]!.shown})`,
    key: circle.map(nameOf).sort(),
  };
}

const nameOf = (frame: StackFrame): string => `${frame.function} ${frame.path}`;

/** What the key says of the error. A limit that was met says nothing by its message, unless that is all there is. */
function subject({ kind, error }: Fault, place: FaultPlace): string[] {
  const saysMore = place.key.length === 0 || !['timeout', 'oom', 'crash'].includes(kind);
  return [kind, error.name, ...(saysMore ? [wording(error.message)] : [])];
}

function textOf(fault: Fault, place: string): string {
  const where = place === '' ? '' : ` in ${shorten(oneLine(place), TEXT / 2)}`;
  const what = oneLine(whatOf(fault, place === ''));
  return `${shorten(what, TEXT - [...where].length)}${where}`;
}

function whatOf({ kind, error }: Fault, isAll: boolean): string {
  switch (kind) {
    case 'error':
      return headline(error);
    case 'rejection':
      return `Unhandled rejection: ${headline(error)}`;
    case 'detector':
      return error.message.split('\n')[0]!; // It says by itself what it is.
    case 'exit':
      return error.message;
    default:
      return isAll ? `${error.name}: ${error.message}` : error.name;
  }
}

const hash = (parts: readonly string[], digits: number): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, digits);
