/**
 * Listeners for operands that do not fit into a record, named after the sanitizers' weak hooks. They are called only
 * while comparisons are traced, beside the record in the buffer, and must neither throw nor change what they see.
 * `pc` is the low half.
 */
export interface WeakHooks {
  /**
   * Two numbers or texts, unequal or not, as they were: a record has the bits of a number and not its sign. Unequal
   * texts go to `strcmp` as well.
   *
   * @param constant whether the first is a literal of the source
   */
  cmp?(pc: number, a: number | bigint | string, b: number | bigint | string, constant: boolean): void;
  /** Two unequal strings that were compared for equality or order. */
  strcmp(pc: number, s1: string, s2: string): void;
  /** A search that did not find. */
  strstr(pc: number, haystack: string, needle: string): void;
  /** Two unequal sequences of bytes. */
  memcmp(pc: number, b1: Uint8Array, b2: Uint8Array): void;
  /** A search that did not find. */
  memmem(pc: number, haystack: Uint8Array, needle: Uint8Array): void;
  /** A string that a pattern was applied to. `pattern` is the program's own: whoever runs it, runs a copy. */
  regexec(pc: number, pattern: RegExp, s: string): void;
}

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
   * A call of a method that compares or searches, before it is made.
   *
   * @param operands the receiver and up to two arguments
   */
  trace_call(method: string, operands: readonly unknown[], pc: number): void;
  /** A key that is looked up in an object. */
  trace_key(object: unknown, key: unknown, pc: number): void;
  /** What `root.a.b` would be for the names `a`, `b`; undefined where only the program's own code could tell. */
  peek(root: unknown, names: readonly unknown[]): unknown;

  /** Null where nobody listens. */
  hooks: WeakHooks | null;

  /** Loads a module: its text is from now on part of kernel text. `rest` is JSON of what else a KernelModule has. */
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
