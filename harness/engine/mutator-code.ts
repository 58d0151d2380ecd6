import { EM_AARCH64, EM_X86_64, R_AARCH64_GLOB_DAT, R_X86_64_GLOB_DAT } from '../../src/abi/elf.ts';

/**
 * The machine code of our mutator, written by hand since there is no compiler where it runs. Each line is one
 * instruction: its bytes, and what binutils' assembler calls it.
 *
 * Both machines do the same. In C:
 *
 *     struct { uint32_t length, limit; Mutate *mutate; uint8_t candidate[CAPACITY]; } box;
 *
 *     size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed) {
 *       size_t length = box.length;
 *       if (length == 0 || length > max_size) goto mutate;
 *       memcpy(data, box.candidate, length);
 *       box.length = 0;
 *       return length;
 *     mutate:
 *       if (box.mutate == NULL) return size;
 *       return box.mutate(data, size, min(max_size, max(size, box.limit)));  // A jump.
 *     }
 *
 *     napi_value napi_register_module_v1(napi_env env, napi_value exports) {
 *       napi_value box_as_buffer = NULL;
 *       napi_create_external_arraybuffer(env, &box, sizeof box, NULL, NULL, &box_as_buffer);
 *       return box_as_buffer;
 *     }
 */

/** What the code refers to: distances from the instruction at hand. */
export interface Addresses {
  /** Of the first instruction. */
  text: number;
  box: number;
  /** Of the word in which the dynamic linker puts the address of napi_create_external_arraybuffer. */
  got: number;
  /** Bytes. */
  boxSize: number;
}

export interface Instruction {
  bytes: number[];
  assembly: string;
}

/** The instructions of each function, by its name, in the order in which they lie. */
export type Listing = Record<'LLVMFuzzerCustomMutator' | 'napi_register_module_v1', Instruction[]>;

export interface Machine {
  /** e_machine */
  machine: number;
  /** The relocation that puts a symbol's address into a word. */
  globDat: number;
  listing(addresses: Addresses): Listing;
}

/** By Node's name for it. */
export const MACHINES: Record<string, Machine> = {
  x64: { machine: EM_X86_64, globDat: R_X86_64_GLOB_DAT, listing: x86 },
  arm64: { machine: EM_AARCH64, globDat: R_AARCH64_GLOB_DAT, listing: aarch64 },
};

/** An instruction, and the one whose bytes depend on where it lies. */
type Line = [bytes: string | ((at: number) => string), assembly: string];

function assemble(start: number, lines: Line[]): Instruction[] {
  let at = start;
  return lines.map(([encoding, assembly]) => {
    const hex = typeof encoding === 'string' ? encoding : encoding(at);
    const bytes = hex.split(' ').map((byte) => Number.parseInt(byte, 16));
    at += bytes.length;
    return { bytes, assembly };
  });
}

const sizeOf = (code: Instruction[]): number => code.reduce((sum, { bytes }) => sum + bytes.length, 0);

/** Four bytes, little endian, as text. */
const word = (value: number): string =>
  [0, 8, 16, 24].map((shift) => ((value >>> shift) & 0xff).toString(16).padStart(2, '0')).join(' ');

function x86({ text, box, got, boxSize }: Addresses): Listing {
  /** An opcode with the distance from the end of the instruction. */
  const to = (target: number, opcode: string) => (at: number) =>
    `${opcode} ${word(target - (at + opcode.split(' ').length + 4))}`;
  const LLVMFuzzerCustomMutator = assemble(text, [
    [to(box, '48 8d 05'), 'lea rax, [rip + box]'],
    ['8b 08', 'mov ecx, [rax]'],
    ['85 c9', 'test ecx, ecx'],
    ['74 15', 'je mutate'],
    ['48 39 d1', 'cmp rcx, rdx'],
    ['77 10', 'ja mutate'],
    ['48 8d 70 10', 'lea rsi, [rax + 16]'],
    ['49 89 c0', 'mov r8, rax'],
    ['48 89 c8', 'mov rax, rcx'],
    ['f3 a4', 'rep movsb'],
    ['41 89 08', 'mov [r8], ecx'], // By now it is 0.
    ['c3', 'ret'],
    ['8b 48 04', 'mutate: mov ecx, [rax + 4]'],
    ['48 39 f1', 'cmp rcx, rsi'],
    ['48 0f 42 ce', 'cmovb rcx, rsi'],
    ['48 39 d1', 'cmp rcx, rdx'],
    ['48 0f 42 d1', 'cmovb rdx, rcx'],
    ['48 8b 40 08', 'mov rax, [rax + 8]'],
    ['48 85 c0', 'test rax, rax'],
    ['74 02', 'je keep'],
    ['ff e0', 'jmp rax'],
    ['48 89 f0', 'keep: mov rax, rsi'],
    ['c3', 'ret'],
  ]);
  const next = text + sizeOf(LLVMFuzzerCustomMutator);
  return {
    LLVMFuzzerCustomMutator,
    napi_register_module_v1: assemble(next, [
      ['48 83 ec 18', 'sub rsp, 24'],
      ['48 c7 44 24 08 00 00 00 00', 'mov qword ptr [rsp + 8], 0'],
      [to(box, '48 8d 35'), 'lea rsi, [rip + box]'],
      [`ba ${word(boxSize)}`, `mov edx, ${boxSize}`],
      ['31 c9', 'xor ecx, ecx'],
      ['45 31 c0', 'xor r8d, r8d'],
      ['4c 8d 4c 24 08', 'lea r9, [rsp + 8]'],
      [to(got, 'ff 15'), 'call [rip + got]'],
      ['48 8b 44 24 08', 'mov rax, [rsp + 8]'],
      ['48 83 c4 18', 'add rsp, 24'],
      ['c3', 'ret'],
    ]),
  };
}

function aarch64({ text, box, got, boxSize }: Addresses): Listing {
  /** `adr`: the distance, of which the two low bits stand apart. */
  const adr = (register: number, target: number) => (at: number) =>
    word((0x10000000 | ((target & 3) << 29) | ((((target - at) >> 2) & 0x7ffff) << 5) | register) >>> 0);
  /** `ldr` of eight bytes near by. */
  const ldr = (register: number, target: number) => (at: number) =>
    word((0x58000000 | ((((target - at) >> 2) & 0x7ffff) << 5) | register) >>> 0);
  const [low, high] = [boxSize & 0xffff, boxSize >>> 16];
  const LLVMFuzzerCustomMutator = assemble(text, [
    [adr(4, box), 'adr x4, box'],
    ['85 00 40 b9', 'ldr w5, [x4]'],
    ['85 01 00 34', 'cbz w5, mutate'],
    ['bf 00 02 eb', 'cmp x5, x2'],
    ['48 01 00 54', 'b.hi mutate'],
    ['86 40 00 91', 'add x6, x4, #16'],
    ['e7 03 05 aa', 'mov x7, x5'],
    ['c8 14 40 38', 'copy: ldrb w8, [x6], #1'],
    ['08 14 00 38', 'strb w8, [x0], #1'],
    ['e7 04 00 f1', 'subs x7, x7, #1'],
    ['a1 ff ff 54', 'b.ne copy'],
    ['9f 00 00 b9', 'str wzr, [x4]'],
    ['e0 03 05 aa', 'mov x0, x5'],
    ['c0 03 5f d6', 'ret'],
    ['85 04 40 b9', 'mutate: ldr w5, [x4, #4]'],
    ['bf 00 01 eb', 'cmp x5, x1'],
    ['a5 80 81 9a', 'csel x5, x5, x1, hi'],
    ['bf 00 02 eb', 'cmp x5, x2'],
    ['a2 30 82 9a', 'csel x2, x5, x2, lo'],
    ['90 04 40 f9', 'ldr x16, [x4, #8]'],
    ['50 00 00 b4', 'cbz x16, keep'],
    ['00 02 1f d6', 'br x16'],
    ['e0 03 01 aa', 'keep: mov x0, x1'],
    ['c0 03 5f d6', 'ret'],
  ]);
  const next = text + sizeOf(LLVMFuzzerCustomMutator);
  return {
    LLVMFuzzerCustomMutator,
    napi_register_module_v1: assemble(next, [
      ['fd 7b be a9', 'stp x29, x30, [sp, #-32]!'],
      ['fd 03 00 91', 'mov x29, sp'],
      ['ff 0f 00 f9', 'str xzr, [sp, #24]'],
      [adr(1, box), 'adr x1, box'],
      [word((0xd2800002 | (low << 5)) >>> 0), `movz x2, #${low}`],
      [word((0xf2a00002 | (high << 5)) >>> 0), `movk x2, #${high}, lsl #16`],
      ['03 00 80 d2', 'movz x3, #0'],
      ['04 00 80 d2', 'movz x4, #0'],
      ['e5 63 00 91', 'add x5, sp, #24'],
      [ldr(16, got), 'ldr x16, got'],
      ['00 02 3f d6', 'blr x16'],
      ['e0 0f 40 f9', 'ldr x0, [sp, #24]'],
      ['fd 7b c2 a8', 'ldp x29, x30, [sp], #32'],
      ['c0 03 5f d6', 'ret'],
    ]),
  };
}
