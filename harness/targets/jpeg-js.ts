import { decode } from 'jpeg-js';

/**
 * jpeg-js 0.4.3, CommonJS. What it refuses it refuses with a plain Error; anything else is a bug of its own, and
 * this version has some.
 */
export function fuzz(data: Buffer): void {
  try {
    decode(data, { maxMemoryUsageInMB: 16, maxResolutionInMP: 1, tolerantDecoding: false });
  } catch (error) {
    if (Object.getPrototypeOf(error) !== Error.prototype) throw error;
  }
}
