import { decode, encode } from 'jpeg-js';
import type { Random } from '../random.ts';

/** A decoder of JPEG images: bits, tables, and arithmetic over typed arrays. */
export const include = ['node_modules/jpeg-js/'];

export function parse(data: Buffer): void {
  decode(data, { maxMemoryUsageInMB: 64, maxResolutionInMP: 1 });
}

/** A square image with about as many bytes: noise takes about one a pixel at this quality. */
export function document(size: number, random: Random): Buffer {
  const side = Math.max(8, Math.round(Math.sqrt(size)));
  const pixels = Buffer.alloc(side * side * 4, 255);
  for (let i = 0; i < pixels.length; i++) if (i % 4 !== 3) pixels[i] = (i >> 5) + random.below(96);
  return Buffer.from(encode({ data: pixels, width: side, height: side }, 60).data);
}
