/**
 * Programs without a C library that call one function of a mutator's image once, for the table of cases in
 * mutator.test.ts. What stands at `image` is what the dynamic linker would have mapped.
 *
 * A request on standard input: u64 offset of the function, u64 size, u64 max_size, then what the box is to hold: u32
 * length, u32 limit, u64 whether LLVMFuzzerMutate is known, 64 bytes of a candidate. The answer: u64 result, six u64
 * that the function passed on, the 16 bytes of the box's head, 64 bytes of data.
 */
export interface Driver {
  as: string;
  ld: string;
  /** What runs the program, if the machine itself does not. */
  emulator: string[];
  source(image: string, got: number, boxSize: number): string;
}

const memory = (image: string, boxSize: number): string => `
.section .image, "awx"
.balign 65536
image: .incbin "${image}"
box: .space ${boxSize}
.bss
.balign 16
request: .space 256
answer: .space 56
data: .space 64
.text
.globl _start
`;

export const DRIVERS: Record<string, Driver> = {
  x64: {
    as: 'x86_64-linux-gnu-as',
    ld: 'x86_64-linux-gnu-ld',
    emulator: process.arch === 'x64' ? [] : ['qemu-x86_64'],
    source: (image, got, boxSize) => `.intel_syntax noprefix${memory(image, boxSize)}
_start:
  xor eax, eax
  xor edi, edi
  lea rsi, [rip + request]
  mov edx, 256
  syscall
  lea rsi, [rip + request + 24]
  lea rdi, [rip + box]
  mov ecx, 80
  rep movsb
  lea rax, [rip + napi]
  mov [rip + image + ${got}], rax
  cmp qword ptr [rip + box + 8], 0
  je call
  lea rax, [rip + mutate]
  mov [rip + box + 8], rax
call:
  lea rax, [rip + image]
  add rax, [rip + request]
  lea rdi, [rip + data]
  mov rsi, [rip + request + 8]
  mov rdx, [rip + request + 16]
  mov ecx, 1234
  call rax
  mov [rip + answer], rax
  lea rsi, [rip + answer]
  mov edx, 56
  call write
  lea rsi, [rip + box]
  mov edx, 16
  call write
  lea rsi, [rip + data]
  mov edx, 64
  call write
  mov eax, 60
  xor edi, edi
  syscall
write:
  mov eax, 1
  mov edi, 1
  syscall
  ret
mutate:
  lea rax, [rip + data]
  sub rdi, rax
  mov [rip + answer + 8], rdi
  mov [rip + answer + 16], rsi
  mov [rip + answer + 24], rdx
  mov eax, 99
  ret
napi:
  lea rax, [rip + data]
  sub rdi, rax
  mov [rip + answer + 8], rdi
  lea rax, [rip + box]
  sub rsi, rax
  mov [rip + answer + 16], rsi
  mov [rip + answer + 24], rdx
  mov [rip + answer + 32], rcx
  mov [rip + answer + 40], r8
  mov rax, [r9]
  mov [rip + answer + 48], rax
  mov qword ptr [r9], 55
  xor eax, eax
  movaps xmm0, [rsp - 24] # Faults unless the stack is aligned as the ABI says.
  ret
`,
  },
  arm64: {
    as: 'aarch64-linux-gnu-as',
    ld: 'aarch64-linux-gnu-ld',
    emulator: process.arch === 'arm64' ? [] : ['qemu-aarch64'],
    source: (image, got, boxSize) => `${memory(image, boxSize)}
.macro address register, symbol, offset=0
  adrp \\register, \\symbol + \\offset
  add \\register, \\register, :lo12:\\symbol + \\offset
.endm
_start:
  mov x0, #0
  address x1, request
  mov x2, #256
  mov x8, #63
  svc #0
  address x1, request, 24
  address x2, box
  mov x3, #80
copy:
  ldrb w4, [x1], #1
  strb w4, [x2], #1
  subs x3, x3, #1
  b.ne copy
  address x1, napi
  address x2, image, ${got}
  str x1, [x2]
  address x2, box
  ldr x1, [x2, #8]
  cbz x1, call
  address x1, mutate
  str x1, [x2, #8]
call:
  address x9, request
  ldr x10, [x9]
  address x11, image
  add x10, x10, x11
  address x0, data
  ldr x1, [x9, #8]
  ldr x2, [x9, #16]
  mov w3, #1234
  blr x10
  address x1, answer
  str x0, [x1]
  mov x2, #56
  bl write
  address x1, box
  mov x2, #16
  bl write
  address x1, data
  mov x2, #64
  bl write
  mov x0, #0
  mov x8, #93
  svc #0
write:
  mov x0, #1
  mov x8, #64
  svc #0
  ret
mutate:
  address x9, data
  sub x0, x0, x9
  address x9, answer
  stp x0, x1, [x9, #8]
  str x2, [x9, #24]
  mov x0, #99
  ret
napi:
  address x9, data
  sub x0, x0, x9
  address x9, box
  sub x1, x1, x9
  address x9, answer
  stp x0, x1, [x9, #8]
  stp x2, x3, [x9, #24]
  str x4, [x9, #40]
  ldr x10, [x5]
  str x10, [x9, #48]
  mov x10, #55
  str x10, [x5]
  mov x0, #0
  ret
`,
  },
};
