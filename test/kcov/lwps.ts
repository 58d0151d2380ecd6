import type { Request } from '../../harness/index.ts';
import { KCOV_ENTRY_SIZE, KCOV_IOC_SETBUFSIZE } from '../../src/abi/kcov.ts';
import { boot } from '../../src/boot.ts';
import type { Kcov } from '../../src/kcov/descriptor.ts';
import { KcovFile } from '../../src/kcov/device.ts';
import { Lwp } from '../../src/kcov/lwp.ts';
import { RW, type registered } from './helpers.ts';

type Section = ReturnType<typeof registered>['section'];

/**
 * Several LWPs on this thread's kernel, which instrumented code reads, and open files that they share, as the
 * threads of one process do. What a test says with `as` is done by that LWP.
 */
export class Process {
  readonly #cpu = boot().cpu;

  lwp(): Lwp {
    return new Lwp(this.#cpu);
  }

  /** Switches to that LWP, runs, and switches back. */
  as<R>(l: Lwp, run: () => R): R {
    const before = this.#cpu.curlwp;
    this.#cpu.curlwp = l;
    l.fold();
    try {
      return run();
    } finally {
      this.#cpu.curlwp = before;
      before.fold();
    }
  }

  /** That LWP begins, or ends, to work for a section. */
  enter(l: Lwp, { subsystem, id }: Section): void {
    this.as(l, () => boot().sections.enter(l, subsystem, id));
  }
  leave(l: Lwp, { subsystem, id }: Section): void {
    this.as(l, () => boot().sections.leave(l, subsystem, id));
  }

  /** An open file below the table of descriptors, so that it can be asked after it was closed. */
  open(entries?: number): KcovFile {
    const file = new KcovFile(this.#cpu, boot().sections);
    if (entries !== undefined) file.ioctl(KCOV_IOC_SETBUFSIZE, entries);
    return file;
  }
}

export const ioctlOf = (file: KcovFile, request: number, arg?: Request): undefined =>
  file.ioctl(request, arg);

export function mapOf(file: KcovFile, entries: number): BigUint64Array {
  const area = file.mmap(entries * KCOV_ENTRY_SIZE, RW, 1, 0);
  return new BigUint64Array(area.buffer, area.byteOffset, entries);
}

/** The KD that traces the LWP now; it can be looked at when nothing else leads to it any more. */
export const kdOf = (l: Lwp): Kcov => l.l_kcov as Kcov;
export const isFreed = (kd: Kcov): boolean => kd.buf === null;
