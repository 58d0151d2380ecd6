import { DeviceError, ERRNO, type ErrnoCode } from '../abi/errno.ts';
import type { DeviceFile } from '../abi/file.ts';
import { KIOCGADDR, KIOCGSIZE } from '../abi/ksyms.ts';
import { PAGE_SIZE, PROT_WRITE, roundPage } from '../abi/mman.ts';
import { linker_file_foreach } from './linker.ts';
import { type ForEachFile, ksymsSnapshot, sizeCalc, snapshotSize } from './snapshot.ts';

/** A clean snapshot is tried for this often, since modules may come and go meanwhile. @see freebsd-ksyms.c:467 */
const TRIES = 3;

/** Where the snapshot seems to lie in the caller's memory. JavaScript has no addresses; this one is page aligned. */
const USER_ADDRESS = 0x800000000n;

/** The one open file of this process, if any. @see freebsd-ksyms.c:96 ksyms_list */
let opened: KsymsFile | null = null;

/**
 * Takes the snapshot, once and for all reads of this file.
 *
 * @throws {DeviceError} EBUSY where the process has the device open; ENXIO where modules kept coming and going
 * @see freebsd-ksyms.c:425 ksyms_open
 */
export function ksymsOpen(forEach: ForEachFile = linker_file_foreach): DeviceFile {
  if (opened !== null)
    throw new DeviceError('EBUSY', 'open', '/dev/ksyms is open in this process; close it first');
  opened = new KsymsFile(take(forEach));
  return opened;
}

function take(forEach: ForEachFile): Uint8Array {
  let error = 0;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const sizes = sizeCalc(forEach);
    const size = snapshotSize(sizes);
    const area = new Uint8Array(new SharedArrayBuffer(roundPage(size)), 0, size);
    error = ksymsSnapshot(sizes, area, forEach);
    if (error === 0) return area;
  }
  throw new DeviceError(codeOf(error), 'open', 'modules came and went meanwhile; try again');
}

const codeOf = (errno: number): ErrnoCode =>
  (Object.keys(ERRNO) as ErrnoCode[]).find((code) => ERRNO[code] === errno) ?? 'ENXIO';

class KsymsFile implements DeviceFile {
  readonly #area: Uint8Array;
  #position = 0;

  constructor(area: Uint8Array) {
    this.#area = area;
  }

  /** @see freebsd-ksyms.c:501 ksyms_read */
  read(into: Uint8Array, position: number | undefined): number {
    const off = position ?? this.#position;
    if (!Number.isInteger(off) || off < 0 || off > this.#area.length) throw new DeviceError('EFAULT', 'read');
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
 * Whether the device may go.
 *
 * @throws {DeviceError} EBUSY while it is open
 * @see freebsd-ksyms.c:648 MOD_UNLOAD
 */
export function ksymsUnload(): void {
  if (opened !== null) throw new DeviceError('EBUSY', 'kldunload');
}
