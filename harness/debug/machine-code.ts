import { CALL_SIZE, KERNBASE, KERNEL_TEXT_SIZE, SITE_SIZE } from '../../src/abi/text.ts';

/** `call rel32` of x86-64. */
const CALL = 0xe8;
/** `nopl (%rax)`, which fills a site. */
const NOP3 = [0x0f, 0x1f, 0x00];
/** `int3`, for what is never reached. */
const INT3 = 0xcc;

/**
 * What stands at a site as far as an address tells: a call of `__sanitizer_cov_trace_pc`, the kernel's first
 * symbol. So `objdump -d` shows the sites, and text is what tools expect under an executable's symbols.
 */
export function machineCode(address: bigint, size: number): Uint8Array {
  const code = new Uint8Array(size).fill(INT3);
  // The kernel's own text is the callbacks; nothing of them is machine code.
  if (address < KERNBASE + BigInt(KERNEL_TEXT_SIZE)) return code;
  const view = new DataView(code.buffer);
  for (let at = 0; at + SITE_SIZE <= size; at += SITE_SIZE) {
    const pc = address + BigInt(at + CALL_SIZE);
    view.setUint8(at, CALL);
    view.setInt32(at + 1, Number(KERNBASE - pc), true);
    code.set(NOP3, at + CALL_SIZE);
  }
  return code;
}
