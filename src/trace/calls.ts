import { isRegExp, isUint8Array } from 'node:util/types';
import { bytesOf, max, min, slice } from './intrinsics.ts';
import type { Recorder } from './recorder.ts';
import { isCollection, lookUpElement, lookUpIn } from './tables.ts';

/**
 * What a call of a method compares, by the method's name and by the types of its operands, whoever's method it is:
 * one that has the name and other operands leaves nothing.
 *
 * @param operands the receiver and up to two arguments
 */
export function traceCall(
  recorder: Recorder,
  method: string,
  operands: readonly unknown[],
  pc: number,
): void {
  const self = operands[0];
  const arg = operands[1];
  switch (method) {
    case 'startsWith':
    case 'endsWith':
      if (typeof self === 'string' && typeof arg === 'string')
        recorder.strings(end(self, arg.length, method === 'startsWith', operands[2]), arg, pc);
      break;
    case 'includes':
    case 'indexOf':
    case 'lastIndexOf':
      search(recorder, self, arg, method === 'lastIndexOf' ? 0 : operands[2], pc);
      break;
    case 'localeCompare':
      if (typeof self === 'string' && typeof arg === 'string') recorder.strings(self, arg, pc);
      break;
    case 'split':
    case 'match':
    case 'matchAll':
    case 'search':
    case 'replace':
    case 'replaceAll':
      if (typeof self !== 'string') break;
      if (isRegExp(arg)) recorder.pattern(arg, self, pc);
      // The others make a pattern of a string.
      else if (
        typeof arg === 'string' &&
        (method === 'split' || method === 'replace' || method === 'replaceAll')
      )
        recorder.search(self, arg, 0, pc);
      break;
    case 'test':
    case 'exec':
      if (isRegExp(self) && typeof arg === 'string') recorder.pattern(self, arg, pc);
      break;
    case 'equals':
    case 'compare':
    case 'timingSafeEqual':
      if (isUint8Array(self) && isUint8Array(arg)) recorder.bytes(bytesOf(self), bytesOf(arg), pc);
      break;
    case 'get':
    case 'has':
    case 'delete':
      if (isCollection(self)) lookUpIn(recorder, self, arg, pc);
  }
}

/** The part of a string that `startsWith` or `endsWith` compares with one of that length. */
function end(text: string, length: number, first: boolean, position: unknown): string {
  const missing = first ? 0 : text.length;
  const from = typeof position === 'number' ? position : missing;
  const at = from > 0 ? min(from, text.length) : 0; // NaN is 0 too.
  return first ? slice(text, at, at + length) : slice(text, max(0, at - length), at);
}

function search(recorder: Recorder, self: unknown, needle: unknown, from: unknown, pc: number): void {
  if (typeof self === 'string') {
    if (typeof needle === 'string') recorder.search(self, needle, typeof from === 'number' ? from : 0, pc);
  } else if (isUint8Array(self) && (typeof needle === 'string' || isUint8Array(needle))) {
    recorder.searchBytes(bytesOf(self), typeof needle === 'string' ? needle : bytesOf(needle), pc);
  } else {
    lookUpElement(recorder, self, needle, pc);
  }
}
