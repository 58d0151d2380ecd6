import { DeviceError, type ErrnoCode, panic } from '../abi/errno.ts';
import type { DeviceFile } from '../abi/file.ts';
import {
  KCOV_BUF_MAX_ENTRIES,
  KCOV_ENTRY_SIZE,
  KCOV_IOC_DISABLE,
  KCOV_IOC_ENABLE,
  KCOV_IOC_REMOTE_ATTACH,
  KCOV_IOC_REMOTE_DETACH,
  KCOV_IOC_SETBUFSIZE,
  KCOV_MODE_NONE,
  KCOV_MODE_TRACE_CMP,
  KCOV_MODE_TRACE_PC,
  KCOV_MODE_TRACE_UNIQUE_PC,
  KCOV_RESET_TRACE,
  KCOV_UNIQUE_ENABLE,
} from '../abi/kcov.ts';
import { PROT_EXEC } from '../abi/mman.ts';
import { int, section, uint64 } from './arguments.ts';
import type { Cpu } from './cpu.ts';
import { Kcov } from './descriptor.ts';
import { type RemoteSections, remoteDetach } from './remote.ts';

/** @see subr_kcov.c:141 kcov_mode_is_valid */
const isValidMode = (mode: number): boolean =>
  mode === KCOV_MODE_NONE || mode === KCOV_MODE_TRACE_PC || mode === KCOV_MODE_TRACE_CMP;

/**
 * An open `/dev/kcov`. A file's life: open, set the size, map, enable, trace, disable, close.
 *
 * @see subr_kcov.c:447 kcov_open
 */
export class KcovFile implements DeviceFile {
  #kd: Kcov | null;
  readonly #cpu: Cpu;
  readonly #sections: RemoteSections;

  /** @param cpu tells which LWP makes the call */
  constructor(cpu: Cpu, sections: RemoteSections) {
    this.#cpu = cpu;
    this.#sections = sections;
    this.#kd = new Kcov(cpu.memory);
  }

  /** @see subr_kcov.c:484 kcov_fops_ioctl */
  ioctl(request: number, arg: unknown): undefined {
    const kd = this.#kd;
    if (kd === null) throw new DeviceError('ENXIO', 'ioctl');
    if (kd.remote?.enabled) kd.remote.receive();
    const error = this.#dispatch(kd, request, arg);
    // Whatever changed may have been the caller's own trace.
    this.#cpu.curlwp.fold();
    if (error !== 0) throw new DeviceError(error, 'ioctl');
  }

  #dispatch(kd: Kcov, request: number, arg: unknown): ErrnoCode | 0 {
    switch (request) {
      case KCOV_IOC_SETBUFSIZE:
        return this.#setbufsize(kd, uint64(arg));
      case KCOV_IOC_ENABLE:
        return this.#enable(kd, int(arg));
      case KCOV_IOC_DISABLE:
        return this.#disable(kd);
      case KCOV_IOC_REMOTE_ATTACH:
        return this.#sections.attach(kd, ...section(arg));
      case KCOV_IOC_REMOTE_DETACH:
        return remoteDetach(kd);
      case KCOV_UNIQUE_ENABLE:
        return this.#uniqueEnable(kd);
      case KCOV_RESET_TRACE:
        return this.#resetTrace(kd);
      default:
        return 'EINVAL';
    }
  }

  /** @see subr_kcov.c:371 kcov_setbufsize */
  #setbufsize(kd: Kcov, nent: number): ErrnoCode | 0 {
    if (kd.remote !== null) return 0; // The section has its buffer.
    if (kd.enabled) return 'EBUSY';
    return kd.allocbuf(nent);
  }

  /** @see subr_kcov.c:381 kcov_enable */
  #enable(kd: Kcov, mode: number): ErrnoCode | 0 {
    if (!isValidMode(mode)) return 'EINVAL';
    if (kd.remote !== null) return kd.remote.enable(mode);
    return this.#own(kd, mode);
  }

  /** The caller's LWP is traced into the KD from now on. */
  #own(kd: Kcov, mode: number): ErrnoCode | 0 {
    const l = this.#cpu.curlwp;
    if (kd.enabled) return 'EBUSY';
    if (l.l_kcov !== null) return 'EBUSY';
    if (kd.buf === null) return 'ENOBUFS';

    l.l_kcov = kd;
    kd.mode = mode;
    kd.enabled = true;
    return 0;
  }

  /** An extension: like KCOV_IOC_ENABLE, but a remote section cannot be traced so. */
  #uniqueEnable(kd: Kcov): ErrnoCode | 0 {
    if (kd.remote !== null) return 'EINVAL';
    const error = this.#own(kd, KCOV_MODE_TRACE_UNIQUE_PC);
    if (error === 0) kd.startUnique();
    return error;
  }

  /** An extension: begins a trace anew, in any mode. Refused like KCOV_IOC_DISABLE. */
  #resetTrace(kd: Kcov): ErrnoCode | 0 {
    if (kd.remote !== null) return 'EINVAL';
    if (!kd.enabled || this.#cpu.curlwp.l_kcov !== kd) return 'ENOENT';
    kd.resetTrace();
    return 0;
  }

  /** @see subr_kcov.c:407 kcov_disable */
  #disable(kd: Kcov): ErrnoCode | 0 {
    if (kd.remote !== null) return kd.remote.disable();

    const l = this.#cpu.curlwp;
    if (!kd.enabled) return 'ENOENT';
    if (l.l_kcov !== kd) return 'ENOENT';

    l.l_kcov = null;
    kd.enabled = false;
    return 0;
  }

  /** @see subr_kcov.c:519 kcov_fops_mmap */
  mmap(length: number, prot: number, _flags: number, offset: number): Uint8Array {
    const bytes = KCOV_BUF_MAX_ENTRIES * KCOV_ENTRY_SIZE;
    if (!(length > 0)) panic('kernel diagnostic assertion "size > 0" failed');

    if (prot & PROT_EXEC) throw new DeviceError('EACCES', 'mmap');
    if (offset < 0 || length > bytes || offset > bytes) throw new DeviceError('EINVAL', 'mmap');

    if (this.#kd === null) throw new DeviceError('ENXIO', 'mmap');
    const { buf, bufsize } = this.#kd.remote ?? this.#kd;
    if (length + offset > bufsize || buf === null) throw new DeviceError('ENOMEM', 'mmap');
    this.#cpu.memory.mapped(buf.buffer, 1);
    return new Uint8Array(buf.buffer, offset, length);
  }

  munmap(area: Uint8Array): void {
    this.#cpu.memory.mapped(area.buffer, -1);
  }

  /** @see subr_kcov.c:85 fbadop_read */
  read(): never {
    throw new DeviceError('EOPNOTSUPP', 'read');
  }

  /** @see subr_kcov.c:464 kcov_fops_close */
  close(): void {
    const kd = this.#kd;
    if (kd === null) return;
    if (kd.remote !== null) kd.remote.disable();
    if (kd.enabled) kd.lwpfree = true;
    else kd.free();
    this.#kd = null;
    this.#cpu.curlwp.fold();
  }
}
