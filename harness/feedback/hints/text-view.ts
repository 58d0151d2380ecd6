/**
 * Bytes as a UTF-8 decoder makes text of them, with the place of each character. What is not UTF-8 becomes U+FFFD,
 * so text that code under test has cut from such an input does not lie in it as bytes; here it is found.
 */
export class TextView {
  readonly text: string;
  /** For each character its first byte, and the end of all. */
  readonly #offsets: Int32Array;

  constructor(bytes: Buffer) {
    const offsets: number[] = [];
    const parts: string[] = [];
    for (let at = 0; at < bytes.length; ) {
      const length = sequenceLength(bytes, at);
      const part = bytes.toString('utf8', at, at + length);
      for (let i = 0; i < part.length; i++) offsets.push(at);
      parts.push(part);
      at += length;
    }
    offsets.push(bytes.length);
    this.text = parts.join('');
    this.#offsets = Int32Array.from(offsets);
  }

  /** The bytes that became the first `needle` at or after character `from`; null where there is none. */
  find(needle: string, from = 0): { at: number; length: number; next: number } | null {
    const index = this.text.indexOf(needle, from);
    if (index === -1) return null;
    const at = this.#offsets[index]!;
    return { at, length: this.#offsets[index + needle.length]! - at, next: index + 1 };
  }
}

/** Bytes from `at` on that become one character, or one U+FFFD: as much of a sequence as is right. */
function sequenceLength(bytes: Buffer, at: number): number {
  const lead = bytes[at]!;
  const [more, low, high] = continuation(lead);
  for (let i = 1; i <= more; i++) {
    const byte = bytes[at + i] ?? 0;
    if (i === 1 ? byte < low || byte > high : byte < 0x80 || byte > 0xbf) return i;
  }
  return more + 1;
}

/** Bytes that follow a lead byte, and the range of the first of them. @see Unicode, table 3-7 */
function continuation(lead: number): [more: number, low: number, high: number] {
  if (lead < 0xc2 || lead > 0xf4) return [0, 0, 0];
  if (lead < 0xe0) return [1, 0x80, 0xbf];
  if (lead < 0xf0) return [2, lead === 0xe0 ? 0xa0 : 0x80, lead === 0xed ? 0x9f : 0xbf];
  return [3, lead === 0xf0 ? 0x90 : 0x80, lead === 0xf4 ? 0x8f : 0xbf];
}
