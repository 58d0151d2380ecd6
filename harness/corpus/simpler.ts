const [LETTER, DIGIT, SPACE, ZERO] = [0x61, 0x30, 0x20, 0x00];

/** What a byte of each sort may become, the best first. */
const OF_LETTER = [LETTER];
const OF_DIGIT = [DIGIT];
const OF_SPACE = [SPACE];
const OF_SIGN = [LETTER, DIGIT, SPACE];
const OF_OTHER = [ZERO, LETTER, DIGIT, SPACE];

/** How many simpler ones a byte has at most. */
export const CHOICES = OF_OTHER.length;

const isSimple = (byte: number): boolean =>
  byte === LETTER || byte === DIGIT || byte === SPACE || byte === ZERO;

/** What a byte may become, the best first; nothing for one that is as simple as can be. */
export function simplerBytes(byte: number): readonly number[] {
  if (isSimple(byte)) return [];
  const lower = byte | 0x20;
  if (lower >= 0x61 && lower <= 0x7a) return OF_LETTER;
  if (byte >= 0x30 && byte <= 0x39) return OF_DIGIT;
  if (byte >= 0x09 && byte <= 0x0d) return OF_SPACE;
  return byte > 0x20 && byte < 0x7f ? OF_SIGN : OF_OTHER;
}

/** Whether an input is shorter than another, or as long with fewer bytes that could be simpler. */
export function isSimpler(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length ? complexity(one) < complexity(other) : one.length < other.length;
}

function complexity(data: Uint8Array): number {
  let count = 0;
  for (const byte of data) if (!isSimple(byte)) count++;
  return count;
}
