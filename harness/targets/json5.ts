import { isDeepStrictEqual } from 'node:util';
import JSON5 from 'json5';

/** json5 2.2.1, CommonJS: what it parses survives being written and parsed again. */
export function fuzz(data: Buffer): void {
  let value: unknown;
  try {
    value = JSON5.parse(data.toString());
  } catch (error) {
    if (error instanceof SyntaxError) return;
    throw error;
  }
  const again: unknown = JSON5.parse(JSON5.stringify(value));
  if (!isDeepStrictEqual(normal(again), normal(value))) throw new Error('another value after a round trip');
}

/** JSON5 has no negative zero of its own in the text it writes, nor keys of a changed prototype. */
const normal = (value: unknown): unknown => JSON.parse(JSON.stringify(value) ?? 'null');
