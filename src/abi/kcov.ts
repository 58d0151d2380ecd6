/**
 * Words that `/dev/kcov` and its users share, with the values of NetBSD's `sys/kcov.h` (LP64).
 * @see subr_kcov.c:51-54
 */
import { _IO, _IOW } from './ioctl.ts';

export const KCOV_IOC_SETBUFSIZE = _IOW('K', 1, 8);
export const KCOV_IOC_ENABLE = _IOW('K', 2, 4);
export const KCOV_IOC_DISABLE = _IO('K', 3);
export const KCOV_IOC_REMOTE_ATTACH = _IOW('K', 10, 16);
export const KCOV_IOC_REMOTE_DETACH = _IO('K', 11);

/**
 * Extensions, which NetBSD has not: Linux's proposed ioctls of these names and numbers, in NetBSD's group. A trace in
 * which each PC stands once cannot overflow as long as the text has fewer sites than the buffer entries.
 * @see https://lore.kernel.org/all/20250626134158.3385080-1-glider@google.com/ kcov: introduce KCOV_UNIQUE_ENABLE
 */
export const KCOV_UNIQUE_ENABLE = _IO('K', 103);
export const KCOV_RESET_TRACE = _IO('K', 104);

export const KCOV_MODE_NONE = 0;
export const KCOV_MODE_TRACE_PC = 1;
export const KCOV_MODE_TRACE_CMP = 2;

/** What KCOV_UNIQUE_ENABLE sets; KCOV_IOC_ENABLE takes it for no mode. */
export const KCOV_MODE_TRACE_UNIQUE_PC = 3;

export const KCOV_REMOTE_VHCI = 0;

/** Names a remote section, as `struct kcov_ioc_remote_attach` does. */
export interface Section {
  subsystem: bigint;
  id: bigint;
}

/** Bytes of one entry: a 64-bit word. */
export const KCOV_ENTRY_SIZE = 8;
/** Entries of the largest buffer, word 0 included. */
export const KCOV_BUF_MAX_ENTRIES = 256 << 10;

/** Flag in a comparison's type word: the first operand is a constant. */
export const KCOV_CMP_CONST = 1;
/** Operand size in a comparison's type word: `n` is log2 of the bytes. */
export const KCOV_CMP_SIZE = (n: number): number => n << 1;

/** A comparison's record is four words; record i starts at word `i * CMP_WORDS + 1`. */
export const CMP_WORDS = 4;
/** Words of a record, counted from its first. @see subr_kcov.c:666-669 */
export const CMP_TYPE = 0;
export const CMP_ARG1 = 1;
export const CMP_ARG2 = 2;
export const CMP_PC = 3;
