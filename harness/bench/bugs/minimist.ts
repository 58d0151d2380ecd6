import { createRequire } from 'node:module';

const minimist = createRequire(import.meta.url)('minimist-1.2.5') as (args: string[]) => unknown;

/** minimist 1.2.5 writes to the prototype of all functions. */
export const advisory = 'CVE-2021-44906';
export const folder = 'node_modules/minimist-1.2.5/';
export const seeds = ['--a.b=1 -xyz -n 5 rest', '--no-c --d e -- f'];
export const trigger = '--_.concat.constructor.prototype.polluted=1';

export function fuzz(data: Buffer): void {
  minimist(data.toString().split(' '));
}
