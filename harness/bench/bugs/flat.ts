import { createRequire } from 'node:module';

const { unflatten } = createRequire(import.meta.url)('flat') as { unflatten(value: object): unknown };

/** flat 5.0.0 writes to the prototype of all objects. */
export const advisory = 'CVE-2020-36632';
export const folder = 'node_modules/flat/';
export const seeds = ['{"a.b.c": 1, "a.d": [2]}', '{"x.0": true, "x.1": null}'];
export const trigger = '{"__proto__.polluted": 1}';

export function fuzz(data: Buffer): void {
  try {
    unflatten(JSON.parse(data.toString()) as object);
  } catch {
    // Refused; bug detectors see what was written.
  }
}
