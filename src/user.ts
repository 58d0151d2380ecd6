import { DeviceError } from './abi/errno.ts';
import type { DeviceFile } from './abi/file.ts';
import { boot } from './boot.ts';
import { KcovFile } from './kcov/device.ts';
import { ksymsOpen } from './ksyms/device.ts';
import * as linker from './ksyms/linker.ts';

export type { KldStat } from './ksyms/linker.ts';

/** The system calls by which user space reaches the devices. */

export type Request = bigint | number | { subsystem: bigint | number; id: bigint | number };

/** 0, 1 and 2 are taken in every process. */
const FIRST_FD = 3;
/** Descriptors of a process, as RLIMIT_NOFILE has it by default. */
const NOFILE = 1024;

/** An open file; several descriptors may name it, and the last of them closes it. */
interface OpenFile {
  readonly device: DeviceFile;
  descriptors: number;
}

const files: (OpenFile | undefined)[] = new Array(NOFILE - FIRST_FD).fill(undefined);
/** The devices of mapped areas, which are told when one is let go, closed or not. */
const areas = new WeakMap<Uint8Array, DeviceFile>();

const openFile = (fd: number, syscall: string): OpenFile => {
  const found = files[fd - FIRST_FD];
  if (found === undefined) throw new DeviceError('EBADF', syscall);
  return found;
};
const file = (fd: number, syscall: string): DeviceFile => openFile(fd, syscall).device;

/** The lowest slot that is free. */
function freeSlot(syscall: string): number {
  const slot = files.indexOf(undefined);
  if (slot === -1) throw new DeviceError('EMFILE', syscall);
  return slot;
}

/**
 * @returns the lowest descriptor that is free; ours, and no other descriptor of the process
 * @throws {DeviceError} EMFILE; ENOENT for a path that is no device; EBUSY where /dev/ksyms is open already
 */
export function open(path: string, _flags = 0): number {
  const slot = freeSlot('open');
  files[slot] = { device: device(path), descriptors: 1 };
  return slot + FIRST_FD;
}

function device(path: string): DeviceFile {
  const { cpu, sections } = boot();
  if (path === '/dev/kcov') return new KcovFile(cpu, sections);
  if (path === '/dev/ksyms') return ksymsOpen();
  throw new DeviceError('ENOENT', 'open', path);
}

/** @throws {DeviceError} EBADF */
export function close(fd: number): void {
  const closing = openFile(fd, 'close');
  files[fd - FIRST_FD] = undefined;
  if (--closing.descriptors === 0) closing.device.close();
}

/**
 * @returns the lowest descriptor that is free, for the same open file
 * @throws {DeviceError} EBADF, EMFILE
 */
export function dup(oldd: number): number {
  openFile(oldd, 'dup');
  return dup2(oldd, freeSlot('dup') + FIRST_FD);
}

/**
 * Makes `newd` a descriptor of the open file that `oldd` names; what it named before is closed. Where both are the
 * same, nothing happens.
 *
 * @returns newd
 * @throws {DeviceError} EBADF where `oldd` is not open, or `newd` is none of ours: below 3, or beyond the limit
 */
export function dup2(oldd: number, newd: number): number {
  const shared = openFile(oldd, 'dup2');
  const slot = newd - FIRST_FD;
  if (!Number.isInteger(slot) || slot < 0 || slot >= files.length) throw new DeviceError('EBADF', 'dup2');
  // Counted before the old one is closed: both may name one file, or be one.
  shared.descriptors++;
  if (files[slot] !== undefined) close(newd);
  files[slot] = shared;
  return newd;
}

/** @throws {DeviceError} EBADF; EFAULT for an argument of the wrong kind; what the device refuses */
export function ioctl(fd: number, request: number, arg?: Request): number | bigint | undefined {
  return file(fd, 'ioctl').ioctl(request, arg);
}

/**
 * @param length bytes
 * @param offset bytes
 * @returns the memory itself, shared with the device; it stays valid when the descriptor is closed
 * @throws {DeviceError} EBADF; what the device refuses
 */
export function mmap(length: number, prot: number, flags: number, fd: number, offset: number): Uint8Array {
  const device = file(fd, 'mmap');
  const area = device.mmap(length, prot, flags, offset);
  areas.set(area, device);
  return area;
}

/**
 * Lets an area go. JavaScript frees the memory when nobody holds it any more, and a descriptor that is opened later may
 * get it: whoever reads the area on reads what is traced there.
 *
 * @throws {DeviceError} EINVAL for what was not mapped
 */
export function munmap(area: Uint8Array): void {
  const device = areas.get(area);
  if (device === undefined) throw new DeviceError('EINVAL', 'munmap');
  areas.delete(area);
  device.munmap?.(area);
}

/**
 * @param position bytes from the start; where it is left out the descriptor's own position is used and advanced
 * @returns bytes read, 0 at the end
 * @throws {DeviceError} EBADF; what the device refuses
 */
export function read(fd: number, into: Uint8Array, position?: number): number {
  return file(fd, 'read').read(into, position);
}

/**
 * Runs `fn`, and all that it starts, as an LWP of its own: a descriptor that it enables traces it alone. The LWP
 * ends when `fn` has returned or thrown, or the promise that it returned has settled, and frees what it held.
 *
 * @returns what `fn` returns; a promise where that is one
 * @see _lwp_create(2)
 */
export function lwpCreate<R>(fn: () => R): R {
  return boot().cpu.create(fn);
}

/** The files that the kernel linker has, in the order of loading: the kernel, whose id is 1, and this thread's modules. */
export function kldstat(): linker.KldStat[] {
  return linker.kldstat();
}

/**
 * @param filename path of a module as it was loaded, or `kernel`
 * @returns its id, for `kldunload`
 * @throws {DeviceError} ENOENT
 */
export function kldfind(filename: string): number {
  return linker.kldfind(filename);
}

/**
 * Makes the linker forget a module: its symbols are in no snapshot that is taken later. Snapshots that were taken
 * before stay whole. JavaScript cannot unload code: what runs on is traced as before, its PCs have no symbols then,
 * and libFuzzer's counters for it stay. A file that was loaded several times is forgotten after as many calls.
 *
 * @param id as `kldfind` and `kldstat` tell it; ids are not given again
 * @throws {DeviceError} ENOENT where no file has this id, EBUSY for the kernel
 */
export function kldunload(id: number): void {
  linker.kldunload(id);
}
