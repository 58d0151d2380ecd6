import { KCOV_BUF_MAX_ENTRIES, KCOV_ENTRY_SIZE } from '../abi/kcov.ts';

/**
 * The memory that all threads of a process have in common: a table of remote sections and the buffer of each. It
 * is there before the first thread is, since a thread cannot be handed memory while it is busy. The system gives
 * it pages only where something is written.
 */
export interface SharedMemory {
  /** What concerns all sections, in the place of a first row; then a row for each. */
  table: Int32Array;
  buffers: Int32Array[];
}

/** Word of the table: how many rows were claimed. */
export const CLAIMED = 0;
/** Word of the table: how many sections there are. */
export const REGISTERED = 2;
/** Word of the table: the mode in which new sections are enabled, plus one; 0 where they are not. */
export const TRACE_NEW = 1;

/** Words of a row, and what they are. */
export const ROW = {
  /** See LIFE. */
  LIFE: 0,
  /** Both 64-bit, low half first. */
  SUBSYSTEM: 1,
  ID: 3,
  REFCOUNT: 5,
  /** `mode << 1 | enabled`: one word, so that nobody sees the one without the other. */
  TRACING: 6,
  SILENCED: 7,
  /** The thread whose LWP is in the section, plus one; 0 where nobody is. */
  INSIDE: 8,
  /** The thread that registered the section, plus one; 0 where that has ended. */
  REGISTRANT: 9,
  SIZE: 16,
} as const;

export const LIFE = { CLAIMED: 0, LIVE: 1, DEAD: 2 } as const;

/** Remote sections that a process may have; each has 2 MiB of addresses. */
export const MAX_SECTIONS = 64;

export function allocateShared(sections = MAX_SECTIONS): SharedMemory {
  const words = (bytes: number): Int32Array => new Int32Array(new SharedArrayBuffer(bytes));
  return {
    table: words((sections + 1) * ROW.SIZE * 4),
    buffers: Array.from({ length: sections }, () => words(KCOV_BUF_MAX_ENTRIES * KCOV_ENTRY_SIZE)),
  };
}
