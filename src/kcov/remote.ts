import { type ErrnoCode, panic } from '../abi/errno.ts';
import { KCOV_BUF_MAX_ENTRIES } from '../abi/kcov.ts';
import { Kcov } from './descriptor.ts';
import type { Lwp } from './lwp.ts';

type Id = bigint | number;

/** A section of a subsystem that may run on any LWP. @see subr_kcov.c:221 struct kcov_remote */
interface KcovRemote {
  refcount: number;
  kd: Kcov;
}

/** Sections by subsystem and id, and what is done with them from inside and from outside. */
export class RemoteSections {
  readonly #list = new Map<string, KcovRemote>();

  /** @see subr_kcov.c:233 kcov_remote_find */
  #find(subsystem: Id, id: Id): KcovRemote | undefined {
    return this.#list.get(key(subsystem, id));
  }

  /**
   * @throws {KernelPanic} where the section exists
   * @see subr_kcov.c:246 kcov_remote_register
   */
  register(subsystem: Id, id: Id): void {
    if (this.#find(subsystem, id) !== undefined) panic('kcov_remote_register: kr already exists');
    const kd = new Kcov();
    if (kd.allocbuf(KCOV_BUF_MAX_ENTRIES) !== 0) panic('kcov_remote_register: failed to allocate buffer');
    this.#list.set(key(subsystem, id), { refcount: 0, kd });
  }

  /**
   * The LWP begins to work for the section; it is traced if somebody enabled the section.
   *
   * @throws {KernelPanic} where there is no such section, where an LWP is in it, or where this LWP is traced
   * @see subr_kcov.c:271 kcov_remote_enter
   */
  enter(l: Lwp, subsystem: Id, id: Id): void {
    const kr = this.#find(subsystem, id) ?? panic('kcov_remote_enter: unable to find kr');
    kr.refcount++;
    if (kr.refcount !== 1) panic('kernel diagnostic assertion "refs == 1" failed');
    if (l.l_kcov !== null) panic('kernel diagnostic assertion "l->l_kcov == NULL" failed');
    if (kr.kd.enabled) {
      l.l_kcov = kr.kd;
      l.fold();
    }
  }

  /**
   * @throws {KernelPanic} where there is no such section, or no LWP was in it
   * @see subr_kcov.c:294 kcov_remote_leave
   */
  leave(l: Lwp, subsystem: Id, id: Id): void {
    const kr = this.#find(subsystem, id) ?? panic('kcov_remote_leave: unable to find kr');
    kr.refcount--;
    if (kr.refcount !== 0) panic('kernel diagnostic assertion "refs == 0" failed');
    l.l_kcov = null;
    l.fold();
  }

  /** @see subr_kcov.c:341 kcov_remote_attach */
  attach(kd: Kcov, subsystem: Id, id: Id): ErrnoCode | 0 {
    if (kd.enabled) return 'EEXIST';
    const kr = this.#find(subsystem, id);
    if (kr === undefined) return 'ENOENT';
    kd.remote = kr.kd;
    return 0;
  }
}

/** Both are uint64_t in the original, so 1 and 1n, or -1 and its complement, are one. */
const key = (subsystem: Id, id: Id): string =>
  `${BigInt.asUintN(64, BigInt(subsystem))}/${BigInt.asUintN(64, BigInt(id))}`;

/** @see subr_kcov.c:312 kcov_remote_enable */
export function remoteEnable(kd: Kcov, mode: number): ErrnoCode | 0 {
  if (kd.enabled) return 'EBUSY';
  kd.mode = mode;
  kd.enabled = true;
  return 0;
}

/** @see subr_kcov.c:327 kcov_remote_disable */
export function remoteDisable(kd: Kcov): ErrnoCode | 0 {
  if (!kd.enabled) return 'ENOENT';
  kd.enabled = false;
  return 0;
}

/** @see subr_kcov.c:357 kcov_remote_detach */
export function remoteDetach(kd: Kcov): ErrnoCode | 0 {
  if (kd.enabled) return 'EEXIST';
  if (kd.remote === null) return 'ENOENT';
  remoteDisable(kd.remote);
  kd.remote = null;
  return 0;
}
