import { createRequire } from 'node:module';

const { imageSize } = createRequire(import.meta.url)('image-size') as {
  imageSize(data: Uint8Array): unknown;
};

/** image-size 1.2.0 never ends on boxes of size 0, in three formats. */
export const advisory = 'CVE-2025-71319';
export const folder = 'node_modules/image-size/';
export const hangs = true;
export const seeds = [
  Buffer.from('89504e470d0a1a0a0000000d494844520000001000000010', 'hex'),
  Buffer.from('474946383961100010000000', 'hex'),
];
export const trigger = Buffer.from('000000004a584c20000000007878787800000000', 'hex');

export function fuzz(data: Buffer): void {
  try {
    imageSize(data);
  } catch {
    // Refused; it is whether it ends that is asked.
  }
}
