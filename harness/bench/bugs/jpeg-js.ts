import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from 'jpeg-js';
import { ROOT } from '../process.ts';

/** jpeg-js 0.4.3 never ends where an image says that it samples a component zero times. */
export const advisory = 'CVE-2022-25851';
export const folder = 'node_modules/jpeg-js/';

const image = readFileSync(join(ROOT, 'corpus/jpeg-js/seeds/grey-8x8.jpg'));

export const hangs = true;
export const seeds = [image];
export const trigger = withoutSamples(image);

export function fuzz(data: Buffer): void {
  try {
    decode(data, { maxMemoryUsageInMB: 16, maxResolutionInMP: 1, tolerantDecoding: false });
  } catch {
    // Refused, or another bug; it is whether it ends that is asked.
  }
}

/** The same image with factors of 0 by 0 for all components: three bytes each, behind the marker of the frame. */
function withoutSamples(original: Buffer): Buffer {
  const copy = Buffer.from(original);
  const frame = copy.indexOf(Buffer.from([0xff, 0xc0]));
  for (let i = 0; i < copy[frame + 9]!; i++) copy[frame + 11 + 3 * i] = 0;
  return copy;
}
