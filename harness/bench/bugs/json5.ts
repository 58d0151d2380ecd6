import JSON5 from 'json5';
import { checkPrototypes } from '../prototypes.ts';

/** json5 2.2.1 lets a key name the prototype of what it returns. */
export const advisory = 'CVE-2022-46175';
export const folder = 'node_modules/json5/';
export const seeds = ['{a: 1, "b": [0x1F, .5, null]}', "{'c': {d: true}, e: '\\n'}"];
export const trigger = '{"__proto__": {a: 1}}';

export function fuzz(data: Buffer): void {
  let value: unknown;
  try {
    value = JSON5.parse(data.toString());
  } catch {
    return; // Refused.
  }
  checkPrototypes(value);
}
