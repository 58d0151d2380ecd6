import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** An error as a person reads it: its places are in the files that a person wrote. */
export interface ErrorText {
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
  if (!isErrorLike(error)) return { name: 'thrown', message: preview(error), stack: [] };
  return {
    name: String(error.name ?? 'Error'),
    message: String(error.message),
    stack: framesOf(error.stack),
  };
}

/** The frames of the code under test: what stands between what it called of ours, and what of ours called it. */
export function framesOf(stack: unknown): string[] {
  if (typeof stack !== 'string') return [];
  const frames = stack
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '));
  const theirs = frames.slice(Math.max(frames.findIndex(isTheirs), 0));
  const end = theirs.findIndex((frame) => !isTheirs(frame));
  return end === -1 ? theirs : theirs.slice(0, end);
}

const isErrorLike = (value: unknown): value is { name?: unknown; message: unknown; stack?: unknown } =>
  typeof value === 'object' && value !== null && 'message' in value;

const isTheirs = (line: string): boolean =>
  line.includes(THEIRS) || !OURS_PARTS.some((part) => line.includes(part));

function preview(value: unknown): string {
  try {
    return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  } catch {
    return String(value);
  }
}
