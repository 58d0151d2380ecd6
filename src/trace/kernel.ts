import { KCOV_BUF_MAX_ENTRIES, KCOV_ENTRY_SIZE } from '../abi/kcov.ts';
import type { Kernel, WeakHooks } from '../abi/kernel.ts';
import * as callbacks from './callbacks.ts';
import { traceCall } from './calls.ts';
import { Recorder } from './recorder.ts';
import { lookUp, peek } from './tables.ts';

type Services = Pick<
  Kernel,
  | 'kldload'
  | 'kcov_remote_register'
  | 'kcov_remote_enter'
  | 'kcov_remote_leave'
  | 'kthread_create'
  | 'kcov_silence_enter'
  | 'kcov_silence_leave'
>;

/** The object behind `globalThis.__kcov`: the hot fields, and what instrumented code calls. */
export class ThreadKernel implements Kernel {
  buf = new Int32Array(new SharedArrayBuffer(KCOV_BUF_MAX_ENTRIES * KCOV_ENTRY_SIZE));
  end = 0;
  cmp = 0;
  unique: Kernel['unique'] = null;
  hooks: WeakHooks | null = null;

  kldload!: Services['kldload'];
  kcov_remote_register!: Services['kcov_remote_register'];
  kcov_remote_enter!: Services['kcov_remote_enter'];
  kcov_remote_leave!: Services['kcov_remote_leave'];
  kthread_create!: Services['kthread_create'];
  kcov_silence_enter!: Services['kcov_silence_enter'];
  kcov_silence_leave!: Services['kcov_silence_leave'];

  readonly #recorder = new Recorder(this);

  __sanitizer_cov_trace_pc(pc: number): void {
    callbacks.__sanitizer_cov_trace_pc(this, pc);
  }

  // Instrumented code asks before it calls whether comparisons are traced; others may not.

  trace_cmp(arg1: unknown, arg2: unknown, pc: number): void {
    if (this.cmp !== 0) this.#recorder.values(arg1, arg2, pc);
  }

  trace_const_cmp(constant: unknown, arg2: unknown, pc: number): void {
    if (this.cmp !== 0) this.#recorder.values(constant, arg2, pc, true);
  }

  /** Cases of another type than the value cannot match, and are left out. */
  trace_switch(value: unknown, cases: readonly unknown[], pc: number): void {
    if (this.cmp === 0) return;
    for (let i = 0; i < cases.length; i++) this.#recorder.values(cases[i], value, pc, true);
  }

  trace_call(method: string, operands: readonly unknown[], pc: number): void {
    if (this.cmp !== 0) traceCall(this.#recorder, method, operands, pc);
  }

  trace_key(object: unknown, key: unknown, pc: number): void {
    if (this.cmp !== 0) lookUp(this.#recorder, object, key, pc);
  }

  peek(root: unknown, names: readonly unknown[]): unknown {
    return peek(root, names);
  }
}
