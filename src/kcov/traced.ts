import type { UniqueTrace } from '../abi/kernel.ts';

/** What a trace asks of a KD, be it a file's own or that of a remote section. */
export interface Traced {
  /** The buffer as 32-bit words, low half first; null until its size is set. */
  readonly buf: Int32Array | null;
  /** Entries that a trace may fill: one less than the buffer has, for the count. */
  readonly bufnent: number;
  /** Bytes, rounded up to pages. */
  readonly bufsize: number;
  readonly mode: number;
  /** What takes the PCs in KCOV_MODE_TRACE_UNIQUE_PC. */
  readonly unique: UniqueTrace | null;
  readonly enabled: boolean;
  silenced: boolean;
  /** Its LWP ends. @see subr_kcov.c:168 kcov_lwp_free */
  lwpFree(): void;
}
