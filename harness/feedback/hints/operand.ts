/** One side of a comparison, as the log keeps it: nothing here changes afterwards. */
export type Operand = NumberOperand | TextOperand | BytesOperand;

/** A word of the kcov buffer: an integer of `size` bytes, or the eight bytes of a double. */
export interface NumberOperand {
  readonly type: 'number';
  /** Unsigned. */
  readonly word: bigint;
  readonly size: Size;
}
export interface TextOperand {
  readonly type: 'text';
  readonly text: string;
}
export interface BytesOperand {
  readonly type: 'bytes';
  readonly bytes: Uint8Array;
}

export type Size = 1 | 2 | 4 | 8;

/** What an input is to become: one in which `wanted` stands where now `seen` does, or is a part of it. */
export interface Goal {
  readonly seen: Operand;
  readonly wanted: Operand;
  readonly relation: 'equals' | 'contains';
}

export const text = (value: string): TextOperand => ({ type: 'text', text: value });
export const bytes = (value: Uint8Array): BytesOperand => ({ type: 'bytes', bytes: value });
export const number = (word: bigint, size: Size): NumberOperand => ({ type: 'number', word, size });

/** Bytes as text of as many characters, which sets and maps can hold. */
export const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');

/** The same text for the same operand. */
export function keyOf(operand: Operand): string {
  switch (operand.type) {
    case 'number':
      return `n${operand.word}`;
    case 'text':
      return `t${operand.text}`;
    case 'bytes':
      return `b${latin1(operand.bytes)}`;
  }
}
