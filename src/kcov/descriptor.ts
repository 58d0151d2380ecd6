import type { ErrnoCode } from '../abi/errno.ts';
import {
  KCOV_BUF_MAX_ENTRIES,
  KCOV_ENTRY_SIZE,
  KCOV_MODE_NONE,
  KCOV_MODE_TRACE_UNIQUE_PC,
} from '../abi/kcov.ts';
import { roundPage } from '../abi/mman.ts';
import type { TraceMemory } from './memory.ts';
import type { RemoteKcov } from './remote-kcov.ts';
import type { Traced } from './traced.ts';
import { UniquePcs } from './unique-pcs.ts';

/**
 * A kcov descriptor (KD): made by open, enabled by one LWP, which then owns it.
 *
 * A KD is freed when its file is closed, unless an LWP traces into it: then that LWP frees it when it exits.
 * Freeing lets go of the buffer; whoever has it mapped keeps it alive, as the reference on the memory object does
 * in the original.
 *
 * @see subr_kcov.c:107 struct kcov_desc
 */
export class Kcov implements Traced {
  lwpfree = false;
  silenced = false;
  /** The remote section's KD that stands behind this one, if it was attached. */
  remote: RemoteKcov | null = null;

  buf: Int32Array | null = null;
  bufnent = 0;
  bufsize = 0;
  mode = KCOV_MODE_NONE;
  enabled = false;
  unique: UniquePcs | null = null;
  readonly #memory: TraceMemory;

  constructor(memory: TraceMemory) {
    this.#memory = memory;
  }

  /** @see subr_kcov.c:184 kcov_allocbuf */
  allocbuf(nent: number): ErrnoCode | 0 {
    if (!(nent >= 2 && nent <= KCOV_BUF_MAX_ENTRIES)) return 'EINVAL';
    if (this.buf !== null) return 'EEXIST';

    this.bufnent = nent - 1;
    this.bufsize = roundPage(nent * KCOV_ENTRY_SIZE);
    this.buf = this.#memory.take(this.bufsize);
    return 0;
  }

  /** Traces each PC once from now on, whatever was seen before. */
  startUnique(): void {
    this.unique ??= new UniquePcs(this.buf!, this.bufnent);
    this.unique.forget();
  }

  /** Begins anew in the mode in which it traces. */
  resetTrace(): void {
    if (this.mode === KCOV_MODE_TRACE_UNIQUE_PC) this.unique!.forget();
    Atomics.store(this.buf!, 0, 0);
  }

  lwpFree(): void {
    this.enabled = false;
    if (this.lwpfree) this.free();
  }

  /** @see subr_kcov.c:156 kcov_free */
  free(): void {
    if (this.buf !== null) this.#memory.give(this.buf);
    this.buf = null;
    this.unique = null;
  }
}
