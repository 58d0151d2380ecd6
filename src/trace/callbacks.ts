import { CMP_WORDS, KCOV_CMP_CONST, KCOV_CMP_SIZE } from '../abi/kcov.ts';
import type { Kernel } from '../abi/kernel.ts';
import { TEXT_HIGH } from '../abi/text.ts';

/**
 * The callbacks of instrumented code. Their contract: no allocation, no throw, no call out, whatever happens; a
 * full buffer loses what comes last. Whether the current LWP is traced stands in `end` and `cmp`, so what is left
 * of the original's ladder of guards is one comparison.
 *
 * The count is the user's to write, so it is read unsigned: what is beyond the limit stays beyond it.
 *
 * Operands come as two 32-bit halves, low half first, as they lie in the buffer: numbers of 64 bits would have to
 * be BigInts, which allocate.
 */
export type Hot = Pick<Kernel, 'buf' | 'end' | 'cmp' | 'unique'>;

/**
 * @param pc low half of the return address
 * @see subr_kcov.c:579 __sanitizer_cov_trace_pc
 */
export function __sanitizer_cov_trace_pc(kernel: Hot, pc: number): void {
  const { buf } = kernel;
  const idx = buf[0]! >>> 0;
  if (idx < kernel.end) {
    buf[(idx + 1) * 2] = pc;
    buf[(idx + 1) * 2 + 1] = TEXT_HIGH;
    buf[0] = idx + 1;
  } else if (kernel.unique !== null) kernel.unique.trace(pc);
}

/** @see subr_kcov.c:625 trace_cmp */
function trace_cmp(
  kernel: Hot,
  type: number,
  low1: number,
  high1: number,
  low2: number,
  high2: number,
  pc: number,
): void {
  const { buf } = kernel;
  const idx = buf[0]! >>> 0;
  if (idx * CMP_WORDS + CMP_WORDS <= kernel.cmp) {
    const at = (idx * CMP_WORDS + 1) * 2;
    buf[at] = type;
    buf[at + 1] = 0;
    buf[at + 2] = low1;
    buf[at + 3] = high1;
    buf[at + 4] = low2;
    buf[at + 5] = high2;
    buf[at + 6] = pc;
    buf[at + 7] = TEXT_HIGH;
    buf[0] = idx + 1;
  }
}

/** The operands of the narrow callbacks are cut to their width, as C cuts a parameter. */

export function __sanitizer_cov_trace_cmp1(kernel: Hot, arg1: number, arg2: number, pc: number): void {
  trace_cmp(kernel, KCOV_CMP_SIZE(0), arg1 & 0xff, 0, arg2 & 0xff, 0, pc);
}

export function __sanitizer_cov_trace_cmp2(kernel: Hot, arg1: number, arg2: number, pc: number): void {
  trace_cmp(kernel, KCOV_CMP_SIZE(1), arg1 & 0xffff, 0, arg2 & 0xffff, 0, pc);
}

export function __sanitizer_cov_trace_cmp4(kernel: Hot, arg1: number, arg2: number, pc: number): void {
  trace_cmp(kernel, KCOV_CMP_SIZE(2), arg1 | 0, 0, arg2 | 0, 0, pc);
}

export function __sanitizer_cov_trace_cmp8(
  kernel: Hot,
  low1: number,
  high1: number,
  low2: number,
  high2: number,
  pc: number,
): void {
  trace_cmp(kernel, KCOV_CMP_SIZE(3), low1, high1, low2, high2, pc);
}

export function __sanitizer_cov_trace_const_cmp1(kernel: Hot, arg1: number, arg2: number, pc: number): void {
  trace_cmp(kernel, KCOV_CMP_SIZE(0) | KCOV_CMP_CONST, arg1 & 0xff, 0, arg2 & 0xff, 0, pc);
}

export function __sanitizer_cov_trace_const_cmp2(kernel: Hot, arg1: number, arg2: number, pc: number): void {
  trace_cmp(kernel, KCOV_CMP_SIZE(1) | KCOV_CMP_CONST, arg1 & 0xffff, 0, arg2 & 0xffff, 0, pc);
}

export function __sanitizer_cov_trace_const_cmp4(kernel: Hot, arg1: number, arg2: number, pc: number): void {
  trace_cmp(kernel, KCOV_CMP_SIZE(2) | KCOV_CMP_CONST, arg1 | 0, 0, arg2 | 0, 0, pc);
}

export function __sanitizer_cov_trace_const_cmp8(
  kernel: Hot,
  low1: number,
  high1: number,
  low2: number,
  high2: number,
  pc: number,
): void {
  trace_cmp(kernel, KCOV_CMP_SIZE(3) | KCOV_CMP_CONST, low1, high1, low2, high2, pc);
}

/**
 * One record for each case.
 *
 * @param value the operand's two halves
 * @param cases as in the original: how many there are, their width in bits, then the values; two halves each
 * @see subr_kcov.c:756 __sanitizer_cov_trace_switch
 */
export function __sanitizer_cov_trace_switch(
  kernel: Hot,
  value: readonly [low: number, high: number],
  cases: Int32Array,
  pc: number,
): void {
  const ncases = cases[0]!;
  const width = [8, 16, 32, 64].indexOf(cases[2]!);
  if (width === -1) return;
  const type = KCOV_CMP_SIZE(width) | KCOV_CMP_CONST;
  for (let i = 0; i < ncases; i++) {
    trace_cmp(kernel, type, cases[(i + 2) * 2]!, cases[(i + 2) * 2 + 1]!, value[0], value[1], pc);
  }
}
