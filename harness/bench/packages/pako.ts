import { deflateSync } from 'node:zlib';
import { inflate } from 'pako';
import { grow, type Random } from '../random.ts';

/** A decoder of zlib streams, ported from C. */
export const include = ['node_modules/pako/'];

export function parse(data: Buffer): void {
  inflate(data);
}

export function document(size: number, random: Random): Buffer {
  const words = Array.from({ length: 200 }, () => random.word());
  return deflateSync(grow(2 * size, () => `${random.pick(words)} ${random.below(100)} `));
}
