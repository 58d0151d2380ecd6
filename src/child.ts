import { CMP_WORDS, KCOV_MODE_TRACE_CMP } from './abi/kcov.ts';
import type { Lwp } from './kcov/lwp.ts';
import { type RemoteSections, sectionOf } from './kcov/remote.ts';
import type { RemoteKcov } from './kcov/remote-kcov.ts';
import type { Parent } from './processes.ts';

type Id = bigint | number;

/**
 * Remote sections in a child process: each is one of this process and one of its parent's, who says when it is
 * traced and is sent what was traced whenever an LWP leaves it.
 */
export class ChildSections {
  readonly #sections: RemoteSections;
  readonly #parent: Parent;
  /** Sections that an LWP of this process is in, and traces for the parent. */
  readonly #traced = new Set<RemoteKcov>();

  constructor(sections: RemoteSections, parent: Parent) {
    this.#sections = sections;
    this.#parent = parent;
  }

  register(subsystem: Id, id: Id): void {
    this.#parent.register(sectionOf(subsystem, id));
    this.#sections.register(subsystem, id);
  }

  enter(l: Lwp, subsystem: Id, id: Id): void {
    const section = sectionOf(subsystem, id);
    if (this.#parent.has(section)) {
      // It may be another process that registered it.
      if (this.#sections.kd(subsystem, id) === undefined) this.#sections.register(subsystem, id);
      this.#begin(this.#sections.kd(subsystem, id)!, this.#parent.enter(section));
    }
    this.#sections.enter(l, subsystem, id);
  }

  /** A harness in this process may have the section already; then it is not the parent's. */
  #begin(kd: RemoteKcov, tracing: number): void {
    if (!(tracing & 1) || kd.enable(tracing >> 1) !== 0) return;
    Atomics.store(kd.buf, 0, 0);
    this.#traced.add(kd);
  }

  leave(l: Lwp, subsystem: Id, id: Id): void {
    this.#sections.leave(l, subsystem, id);
    const section = sectionOf(subsystem, id);
    if (!this.#parent.has(section)) return;
    const kd = this.#sections.kd(subsystem, id)!;
    this.#parent.leave(section, this.#traced.delete(kd) ? this.#end(kd) : new Int32Array(0));
  }

  /** @returns the records that were traced */
  #end(kd: RemoteKcov): Int32Array {
    const words = kd.mode === KCOV_MODE_TRACE_CMP ? CMP_WORDS : 1;
    kd.disable();
    return kd.buf.subarray(2, 2 * (kd.buf[0]! * words + 1));
  }
}
