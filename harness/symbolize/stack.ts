import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';

/** An error as a person reads it: its places are in the files that a person wrote. */
export interface ErrorText {
  /** `TypeError`; `thrown` for what is no error. */
  name: string;
  message: string;
  /** Frames, the innermost first: `at decode (/lib/decoder.js:120:9)`. */
  stack: string[];
}

/** What called the target is ours, Jazzer.js's or Node's, and says nothing about it. */
const BUILT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const ROOT = BUILT.replace(/[/\\]dist$/, '');
const OURS_PARTS = [
  `${BUILT}/harness/`,
  `${ROOT}/harness/`,
  `${ROOT}/src/`,
  '/@jazzer.js/',
  'node:internal/',
];
/** Targets that ship with us are code under test all the same. */
const THEIRS = `${ROOT}/harness/targets/`;

/** Describes anything that can be thrown. Node has mapped the places already. */
export function describeError(error: unknown): ErrorText {
  try {
    if (!isErrorLike(error))
      return { name: 'thrown', message: typeof error === 'string' ? error : inspect(error), stack: [] };
    const message = String(error.message);
    return { name: String(error.name || 'Error'), message, stack: framesOf(error.stack, message) };
  } catch {
    return { name: 'thrown', message: 'an error that cannot be looked at', stack: [] };
  }
}

/** `TypeError: no such key`, or what was thrown if that was no error. */
export function headline({ name, message }: ErrorText): string {
  if (name === 'thrown') return message;
  return message === '' ? name : `${name}: ${message}`;
}

/** Errors come from other realms too, so they are known by what they have. */
export const isErrorLike = (value: unknown): value is { name?: unknown; message: unknown; stack?: unknown } =>
  typeof value === 'object' && value !== null && (value as { message?: unknown }).message !== undefined;

/** The stack's head is of the time when the error was made, and may be stale. */
function framesOf(stack: unknown, message: string): string[] {
  if (typeof stack !== 'string') return [];
  const head = message === '' ? -1 : stack.indexOf(message);
  const lines = stack.slice(head === -1 ? 0 : head + message.length).split('\n');
  return theirFrames(lines.map((line) => line.trim()).filter((line) => line.startsWith('at ')));
}

/** The frames of the code under test: what stands between what it called of ours, and what of ours called it. */
export function theirFrames(frames: readonly string[]): string[] {
  const start = frames.findIndex(isTheirs);
  if (start === -1) return [];
  const theirs = frames.slice(start);
  const end = theirs.findIndex((frame) => !isTheirs(frame));
  return end === -1 ? theirs : theirs.slice(0, end);
}

/** Whether a frame, or a path, is of the code under test. */
export const isTheirs = (line: string): boolean =>
  line.includes(THEIRS) || !OURS_PARTS.some((part) => line.includes(part));
