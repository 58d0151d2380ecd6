/**
 * What instrumented code finds at run time: `globalThis.__kcov`, one per thread.
 *
 * It stands in for the kernel's exported symbols and for `curlwp->l_kcov` at once. The hot fields fold the
 * original's ladder of guards (cold, interrupt, not traced, not enabled, silenced, wrong mode) into few values,
 * recomputed where that state changes and never on an edge:
 *
 *     __kcov.buf[0] >>> 0 < __kcov.end ? … : __kcov.unique !== null && …    // trace-pc
 *     __kcov.cmp !== 0 && __kcov.trace_cmp(…)     // trace-cmp
 *
 * @see subr_kcov.c:579 __sanitizer_cov_trace_pc, subr_kcov.c:625 trace_cmp
 */
export interface Kernel {
  /**
   * The current buffer as 32-bit words: entry i's low half at `2 * i`, its high half at `2 * i + 1`. Entry 0 is
   * the count. It stays what it was where nothing is traced, since `end` and `cmp` say so: a field that has had one
   * value only is a constant to V8, and stores through it need no look at where it lies.
   */
  buf: Int32Array;
  /** Entries that a PC trace may fill; 0 where PCs are not traced now. */
  end: number;
  /** Entries that a CMP trace may fill; 0 where comparisons are not traced now. */
  cmp: number;
  /** Where each PC is traced once: `end` is 0 then, and PCs come to the callback. Null otherwise. */
  unique: UniqueTrace | null;

  /** `pc` is the low half, as in instrumented code (see text.ts), here and below. */
  __sanitizer_cov_trace_pc(pc: number): void;
  /** Two operands of any type; picks `__sanitizer_cov_trace_cmp{1,2,4,8}` by their values. */
  trace_cmp(arg1: unknown, arg2: unknown, pc: number): void;
  /** The same where the source has a literal: `constant` is that literal. */
  trace_const_cmp(constant: unknown, arg2: unknown, pc: number): void;
  /** `switch (value)` with the literals of its cases. */
  trace_switch(value: unknown, cases: readonly unknown[], pc: number): void;

  /**
   * Called for each pair of unequal strings while comparisons are traced, beside the record in the buffer; null
   * where nobody listens. Named after the hook by which libFuzzer sees strcmp.
   */
  __sanitizer_weak_hook_strcmp: ((pc: number, s1: string, s2: string) => void) | null;

  /** Loads a module: its text is from now on part of kernel text. `rest` is JSON of symbols and lines. */
  kldload(filename: string, base: number, size: number, rest: string): void;

  kcov_remote_register(subsystem: bigint | number, id: bigint | number): void;
  kcov_remote_enter(subsystem: bigint | number, id: bigint | number): void;
  kcov_remote_leave(subsystem: bigint | number, id: bigint | number): void;
  kthread_create<R>(fn: () => R): R;
  kcov_silence_enter(): void;
  kcov_silence_leave(): void;
}

/** Takes PCs of which it keeps the first of each. */
export interface UniqueTrace {
  trace(pc: number): void;
}

/** Name of the global; code under test must not use it for its own. */
export const KERNEL_GLOBAL = '__kcov';
