import type { Steps } from './found.ts';
import type { Input } from './input.ts';

const LENGTHS = [16, 64];

/** Marks of the input after which a field is added. */
const MAX_MARKS = 6;

/**
 * Longer inputs: a loop that ran to the end of the input compares further where there is more of it, and what takes
 * fields apart where there is one more. The bytes differ, so that what is compared then is found again.
 */
export function* grown(input: Input): Steps {
  const end = input.bytes.length;
  for (const length of LENGTHS) {
    const insert = Uint8Array.from({ length }, (_, i) => 0x41 + (i % 58));
    yield [{ at: end, remove: 0, insert }];
  }
  for (const mark of input.marks.slice(0, MAX_MARKS))
    yield [{ at: end, remove: 0, insert: Buffer.from(`${mark}field`, 'latin1') }];
}
