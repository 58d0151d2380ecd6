/** What bencode can say: integers of any size, text, lists and dictionaries. */
export type Value = bigint | string | Value[] | { [key: string]: Value };

export class BencodeError extends Error {
  override readonly name = 'BencodeError';
  /** Where in the input it goes wrong. */
  readonly offset: number;
  /** Whether more input might mend it. */
  readonly isIncomplete: boolean;

  constructor(problem: string, offset: number, isIncomplete = false) {
    super(`${problem} at byte ${offset}`);
    this.offset = offset;
    this.isIncomplete = isIncomplete;
  }
}
