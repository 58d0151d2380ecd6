import { KCOV_BUF_MAX_ENTRIES, KCOV_ENTRY_SIZE } from '../abi/kcov.ts';
import type { Kernel } from '../abi/kernel.ts';
import * as hooks from './callbacks.ts';
import {
  areIntegers,
  bigintWord,
  firstDifference,
  numberWord,
  stringWord,
  type Word,
  width,
} from './operands.ts';

type Services = Omit<
  Kernel,
  | 'buf'
  | 'end'
  | 'cmp'
  | 'unique'
  | '__sanitizer_cov_trace_pc'
  | 'trace_cmp'
  | 'trace_const_cmp'
  | 'trace_switch'
  | '__sanitizer_weak_hook_strcmp'
>;

/**
 * The object behind `globalThis.__kcov`: the hot fields, and the step from JavaScript's comparisons of anything
 * with anything to the callbacks of C, which compare integers of one width.
 */
export class ThreadKernel implements Kernel {
  buf = new Int32Array(new SharedArrayBuffer(KCOV_BUF_MAX_ENTRIES * KCOV_ENTRY_SIZE));
  end = 0;
  cmp = 0;
  unique: Kernel['unique'] = null;
  __sanitizer_weak_hook_strcmp: Kernel['__sanitizer_weak_hook_strcmp'] = null;

  kldload!: Services['kldload'];
  kcov_remote_register!: Services['kcov_remote_register'];
  kcov_remote_enter!: Services['kcov_remote_enter'];
  kcov_remote_leave!: Services['kcov_remote_leave'];
  kthread_create!: Services['kthread_create'];
  kcov_silence_enter!: Services['kcov_silence_enter'];
  kcov_silence_leave!: Services['kcov_silence_leave'];

  readonly #word1: Word = { low: 0, high: 0 };
  readonly #word2: Word = { low: 0, high: 0 };

  __sanitizer_cov_trace_pc(pc: number): void {
    hooks.__sanitizer_cov_trace_pc(this, pc);
  }

  trace_cmp(arg1: unknown, arg2: unknown, pc: number): void {
    this.#dispatch(arg1, arg2, pc, false);
  }

  trace_const_cmp(constant: unknown, arg2: unknown, pc: number): void {
    this.#dispatch(constant, arg2, pc, true);
  }

  /** Cases of another type than the value cannot match, and are left out. */
  trace_switch(value: unknown, cases: readonly unknown[], pc: number): void {
    for (let i = 0; i < cases.length; i++) this.#dispatch(cases[i], value, pc, true);
  }

  #dispatch(a: unknown, b: unknown, pc: number, constant: boolean): void {
    if (this.cmp === 0) return; // Not traced; instrumented code has asked already.
    if (typeof a === 'number' && typeof b === 'number') this.#numbers(a, b, pc, constant);
    else if (typeof a === 'string' && typeof b === 'string') this.#strings(a, b, pc, constant);
    else if (typeof a === 'bigint' && typeof b === 'bigint') this.#bigints(a, b, pc, constant);
    else if (typeof a === 'bigint' && typeof b === 'number' && Number.isSafeInteger(b))
      this.#bigints(a, BigInt(b), pc, constant);
    else if (typeof a === 'number' && typeof b === 'bigint' && Number.isSafeInteger(a))
      this.#bigints(BigInt(a), b, pc, constant);
  }

  #numbers(a: number, b: number, pc: number, constant: boolean): void {
    switch (width(a, b)) {
      case 1:
        if (constant) hooks.__sanitizer_cov_trace_const_cmp1(this, a, b, pc);
        else hooks.__sanitizer_cov_trace_cmp1(this, a, b, pc);
        break;
      case 2:
        if (constant) hooks.__sanitizer_cov_trace_const_cmp2(this, a, b, pc);
        else hooks.__sanitizer_cov_trace_cmp2(this, a, b, pc);
        break;
      case 4:
        if (constant) hooks.__sanitizer_cov_trace_const_cmp4(this, a, b, pc);
        else hooks.__sanitizer_cov_trace_cmp4(this, a, b, pc);
        break;
      case 8: {
        if (Number.isNaN(a) || Number.isNaN(b)) return;
        const integers = areIntegers(a, b);
        numberWord(a, integers, this.#word1);
        numberWord(b, integers, this.#word2);
        this.#words(pc, constant);
      }
    }
  }

  #bigints(a: bigint, b: bigint, pc: number, constant: boolean): void {
    bigintWord(a, this.#word1);
    bigintWord(b, this.#word2);
    this.#words(pc, constant);
  }

  /**
   * Characters are compared as their codes, longer strings by the eight bytes from where they begin to differ: as
   * a compiler compares memory, and enough for a fuzzer to take a string one word further.
   */
  #strings(a: string, b: string, pc: number, constant: boolean): void {
    if (a.length === 1 && b.length === 1) {
      this.#numbers(a.charCodeAt(0), b.charCodeAt(0), pc, constant);
      return;
    }
    if (a === b) return;
    const start = firstDifference(a, b);
    stringWord(a, start, this.#word1);
    stringWord(b, start, this.#word2);
    this.#words(pc, constant);
    this.__sanitizer_weak_hook_strcmp?.(pc, a, b);
  }

  #words(pc: number, constant: boolean): void {
    const [x, y] = [this.#word1, this.#word2];
    if (constant) hooks.__sanitizer_cov_trace_const_cmp8(this, x.low, x.high, y.low, y.high, pc);
    else hooks.__sanitizer_cov_trace_cmp8(this, x.low, x.high, y.low, y.high, pc);
  }
}
