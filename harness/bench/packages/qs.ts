import { createRequire } from 'node:module';
import { grow, type Random } from '../random.ts';

/** Query strings with nested keys; loops over long strings by regular expressions. */
export const include = ['node_modules/qs/'];

interface Qs {
  parse(text: string, options: object): unknown;
}

const qs = createRequire(import.meta.url)('qs') as Qs;

export function parse(data: Buffer): void {
  qs.parse(data.toString(), { parameterLimit: Number.POSITIVE_INFINITY, depth: 8, charset: 'utf-8' });
}

export const document = (size: number, random: Random): Buffer =>
  Buffer.from(grow(size, () => `${key(random)}=${random.pick(VALUES)(random)}&`));

const key = (r: Random): string =>
  r.pick([
    r.word(),
    `${r.word()}[${r.word()}][${r.word()}]`,
    `${r.word()}[]`,
    `${r.word()}%5B${r.below(20)}%5D`,
  ]);

const VALUES: ((random: Random) => string)[] = [
  (r) => r.word(),
  (r) => `${r.word()}+${r.word()}%20${r.word()}`,
  (r) => `%E2%82%AC${r.below(999)}`,
  () => '',
];
