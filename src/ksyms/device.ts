import { isUint8Array } from 'node:util/types';
import { DeviceError, ERRNO, type ErrnoCode } from '../abi/errno.ts';
import type { DeviceFile } from '../abi/file.ts';
import { KIOCGADDR, KIOCGSIZE, MOD_LOAD, MOD_SHUTDOWN, MOD_UNLOAD } from '../abi/ksyms.ts';
import { PAGE_SIZE, PROT_WRITE, roundPage } from '../abi/mman.ts';
import { linker_file_foreach } from './linker.ts';
import { type ForEachFile, ksymsSnapshot, sizeCalc, snapshotSize } from './snapshot.ts';

/** A clean snapshot is tried for this often, since modules may come and go meanwhile. @see freebsd-ksyms.c:467 */
const TRIES = 3;

/** Where the snapshot seems to lie in the caller's memory. JavaScript has no addresses; this one is page aligned. */
const USER_ADDRESS = 0x800000000n;

/** Whether the device is there; it is from the start. @see freebsd-ksyms.c:95 ksyms_dev */
let present = true;

/** The one open file, if any; each thread has a kernel of its own. @see freebsd-ksyms.c:96 ksyms_list */
let opened: KsymsFile | null = null;

/**
 * Takes the snapshot, once and for all reads of this file.
 *
 * @throws {DeviceError} EBUSY where the device is open already; ENXIO where modules kept coming and going; ENOENT
 *   where the device was unloaded
 * @see freebsd-ksyms.c:425 ksyms_open
 */
export function ksymsOpen(forEach: ForEachFile = linker_file_foreach): DeviceFile {
  if (!present) throw new DeviceError('ENOENT', 'open', '/dev/ksyms');
  if (opened !== null)
    throw new DeviceError('EBUSY', 'open', '/dev/ksyms is open in this process; close it first');
  const file = new KsymsFile();
  opened = file; // Before the snapshot, and taken back where there is none.
  try {
    file.takeSnapshot(forEach);
    return file;
  } catch (error) {
    opened = null;
    throw error;
  }
}

const codeOf = (errno: number): ErrnoCode =>
  (Object.keys(ERRNO) as ErrnoCode[]).find((code) => ERRNO[code] === errno) ?? 'ENXIO';

class KsymsFile implements DeviceFile {
  /** The snapshot; the memory behind it is whole pages. */
  #area: Uint8Array = new Uint8Array();
  #position = 0;

  /** @throws {DeviceError} ENXIO @see freebsd-ksyms.c:467 */
  takeSnapshot(forEach: ForEachFile): void {
    let error = 0;
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const sizes = sizeCalc(forEach);
      const size = snapshotSize(sizes);
      this.#area = new Uint8Array(new SharedArrayBuffer(roundPage(size)), 0, size);
      error = ksymsSnapshot(sizes, this.#area, forEach);
      if (error === 0) return;
    }
    throw new DeviceError(codeOf(error), 'open', 'modules came and went meanwhile; try again');
  }

  /** @see freebsd-ksyms.c:501 ksyms_read */
  read(into: Uint8Array, position: number | undefined): number {
    const off = position ?? this.#position;
    if (!Number.isInteger(off) || off < 0 || off > this.#area.length) throw new DeviceError('EFAULT', 'read');
    if (!isUint8Array(into)) throw new DeviceError('EFAULT', 'read', 'bytes are read into a Uint8Array');
    const length = Math.min(into.length, this.#area.length - off);
    into.set(this.#area.subarray(off, off + length));
    if (position === undefined) this.#position += length;
    return length;
  }

  /** @see freebsd-ksyms.c:554 ksyms_ioctl */
  ioctl(request: number): number | bigint {
    if (request === KIOCGSIZE) return this.#area.length;
    if (request === KIOCGADDR) return USER_ADDRESS;
    throw new DeviceError('ENOTTY', 'ioctl');
  }

  /**
   * Whole pages can be mapped, as far as the snapshot's last. The device's mode is 0444, so not for writing.
   *
   * @see freebsd-ksyms.c:591 ksyms_mmap, freebsd-ksyms.c:644 make_dev
   */
  mmap(length: number, prot: number, _flags: number, offset: number): Uint8Array {
    if (prot & PROT_WRITE) throw new DeviceError('EACCES', 'mmap');
    if (!(length > 0) || offset < 0 || offset % PAGE_SIZE !== 0) throw new DeviceError('EINVAL', 'mmap');
    if (offset + length > roundPage(this.#area.length)) throw new DeviceError('EINVAL', 'mmap');
    return new Uint8Array(this.#area.buffer, offset, length);
  }

  /** @see freebsd-ksyms.c:616 ksyms_close */
  close(): void {
    if (opened === this) opened = null;
  }
}

/**
 * The device comes and goes.
 *
 * @throws {DeviceError} EBUSY where it shall go and is open; EOPNOTSUPP for any other event
 * @see freebsd-ksyms.c:635 ksyms_modevent
 */
export function ksymsModevent(type: number): void {
  if (type === MOD_LOAD) {
    present = true;
  } else if (type === MOD_UNLOAD) {
    if (opened !== null) throw new DeviceError('EBUSY', 'kldunload', '/dev/ksyms is open');
    present = false;
  } else if (type !== MOD_SHUTDOWN) {
    throw new DeviceError('EOPNOTSUPP', 'modevent');
  }
}
