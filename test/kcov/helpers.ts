import { runInThisContext } from 'node:vm';
import { expect } from 'vitest';
import {
  close,
  ioctl,
  KCOV_ENTRY_SIZE,
  KCOV_IOC_ENABLE,
  KCOV_IOC_REMOTE_ATTACH,
  KCOV_IOC_SETBUFSIZE,
  MAP_SHARED,
  mmap,
  open,
  PROT_READ,
  PROT_WRITE,
} from '../../harness/index.ts';
import { KERNEL_GLOBAL, type Kernel } from '../../src/abi/kernel.ts';
import { boot } from '../../src/boot.ts';
import type { PluginOptions } from '../../src/instrument/plugin.ts';
import * as kernelApi from '../../src/kernel.ts';
import { compile } from '../instrument/fake-kernel.ts';

export const RW = PROT_READ | PROT_WRITE;
export const PAGE = 4096;
/** A PC as instrumented code has it, and as it lies in the buffer. */
export const PC = 0x1000 - 2 ** 31;
export const PC_WORD = 0xffffffff80001000n;

export const kernel = (): Kernel => (globalThis as unknown as Record<string, Kernel>)[KERNEL_GLOBAL]!;

/** An edge, and a comparison, by the callbacks themselves. */
export function hit(times = 1): void {
  for (let i = 0; i < times; i++) kernel().__sanitizer_cov_trace_pc(PC);
}
export function compare(times = 1): void {
  for (let i = 0; i < times; i++) kernel().trace_cmp(1, 2, PC);
}

/** What a test opened, for `cleanUp`. */
const fds: number[] = [];

/** Opens the device; sets its size if there is one. */
export function kcov(entries?: number): number {
  const fd = open('/dev/kcov');
  fds.push(fd);
  if (entries !== undefined) ioctl(fd, KCOV_IOC_SETBUFSIZE, entries);
  return fd;
}

export function map(fd: number, entries: number): BigUint64Array {
  const area = mmap(entries * KCOV_ENTRY_SIZE, RW, MAP_SHARED, fd, 0);
  return new BigUint64Array(area.buffer, area.byteOffset, entries);
}

/** A descriptor of that size, enabled in that mode, and its words. */
export function traced(entries: number, mode: number): { fd: number; words: BigUint64Array } {
  const fd = kcov(entries);
  const words = map(fd, entries);
  ioctl(fd, KCOV_IOC_ENABLE, mode);
  return { fd, words };
}

/** After each test: closes what is open, and ends the LWP's trace, so that the next begins from nothing. */
export function cleanUp(): void {
  for (const fd of fds.splice(0)) {
    try {
      close(fd);
    } catch {
      // The test closed it itself.
    }
  }
  boot().cpu.curlwp.exit();
}

let nextSection = 1000;
/** A section that nobody has registered. */
export const newSection = () => ({ subsystem: 7, id: nextSection++ });

export function registered() {
  boot();
  const section = newSection();
  kernelApi.kcovRemoteRegister(section.subsystem, section.id);
  return {
    section,
    enter: () => kernelApi.kcovRemoteEnter(section.subsystem, section.id),
    leave: () => kernelApi.kcovRemoteLeave(section.subsystem, section.id),
  };
}

/** A registered section, and a descriptor that is attached to it. */
export function attached() {
  const remote = registered();
  const fd = kcov();
  ioctl(fd, KCOV_IOC_REMOTE_ATTACH, remote.section);
  return { fd, ...remote };
}

/** The error of a call that has to be refused. */
export function errorOf(fn: () => unknown): unknown {
  try {
    fn();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

export const refused = (code: string, syscall = 'ioctl') =>
  expect.objectContaining({ name: 'DeviceError', code, syscall });

/** Holds a call to be refused with that errno. */
export function expectErrno(code: string, fn: () => unknown, syscall = 'ioctl'): void {
  expect(errorOf(fn)).toEqual(refused(code, syscall));
}

/** Holds a call to end in that panic. */
export function expectPanic(message: string, fn: () => unknown): void {
  expect(errorOf(fn)).toMatchObject({ name: 'KernelPanic', message });
}

export const assertion = (condition: string): string => `kernel diagnostic assertion "${condition}" failed`;

/** Source of a system call for tests: some branches, a comparison of numbers, one of strings, a switch. */
export const SYSCALL = `(function (request) {
  if (request < 0) return 'EINVAL';
  switch (request) {
    case 7: return 'seven';
    case 300: return 'three hundred';
  }
  return String(request) === '41' ? 'odd' : 'other';
})`;

/** Compiles with the plugin, and runs in this thread's kernel. @returns what the source's last expression is */
export function instrumented<T>(source: string, filename: string, options: PluginOptions = {}): T {
  boot();
  return runInThisContext(compile(source, options, filename).code, { filename }) as T;
}
