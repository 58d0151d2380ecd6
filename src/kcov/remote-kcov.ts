import type { ErrnoCode } from '../abi/errno.ts';
import { CMP_WORDS, KCOV_BUF_MAX_ENTRIES, KCOV_ENTRY_SIZE, KCOV_MODE_TRACE_CMP } from '../abi/kcov.ts';
import type { Peer } from './peers.ts';
import { ROW, type SharedMemory } from './shared.ts';
import type { Traced } from './traced.ts';

const ENABLED = 1;

/** The KD of a remote section, as one thread sees it: its state is a row of shared memory. */
export class RemoteKcov implements Traced {
  readonly buf: Int32Array;
  readonly bufnent = KCOV_BUF_MAX_ENTRIES - 1;
  readonly bufsize = KCOV_BUF_MAX_ENTRIES * KCOV_ENTRY_SIZE;
  /** The PCs that were seen would have to be shared as well. */
  readonly unique = null;
  /** Where the section is worked for in another process. */
  peer: Peer | null = null;
  readonly #table: Int32Array;
  readonly #row: number;

  /** @param index the section's number, from 0 */
  constructor({ table, buffers }: SharedMemory, index: number) {
    this.buf = buffers[index]!;
    this.#table = table;
    this.#row = (index + 1) * ROW.SIZE;
  }

  #load(field: number): number {
    return Atomics.load(this.#table, this.#row + field);
  }

  get mode(): number {
    return this.#load(ROW.TRACING) >> 1;
  }

  get enabled(): boolean {
    return (this.#load(ROW.TRACING) & ENABLED) !== 0;
  }

  get silenced(): boolean {
    return this.#load(ROW.SILENCED) !== 0;
  }

  set silenced(silenced: boolean) {
    Atomics.store(this.#table, this.#row + ROW.SILENCED, silenced ? 1 : 0);
  }

  /** @see subr_kcov.c:312 kcov_remote_enable */
  enable(mode: number): ErrnoCode | 0 {
    const before = this.#load(ROW.TRACING);
    if (before & ENABLED) return 'EBUSY';
    const after = (mode << 1) | ENABLED;
    // Where another thread was quicker, it has enabled or disabled the section since: look again.
    const found = Atomics.compareExchange(this.#table, this.#row + ROW.TRACING, before, after);
    if (found !== before) return this.enable(mode);
    if (this.peer !== null) {
      for (const _ of this.peer.received()); // It was traced for whoever had the section before.
      this.peer.trace(after);
    }
    return 0;
  }

  /** @see subr_kcov.c:327 kcov_remote_disable */
  disable(): ErrnoCode | 0 {
    const before = Atomics.and(this.#table, this.#row + ROW.TRACING, ~ENABLED);
    if (!(before & ENABLED)) return 'ENOENT';
    this.peer?.trace(before & ~ENABLED);
    this.receive();
    return 0;
  }

  /** Takes over what was traced in another process. */
  receive(): void {
    if (this.peer === null) return;
    const records = this.mode === KCOV_MODE_TRACE_CMP ? CMP_WORDS : 1;
    for (const traced of this.peer.received()) {
      const count = this.buf[0]! >>> 0;
      const room = Math.floor(this.bufnent / records) - count;
      const taken = Math.min(traced.length / (2 * records), Math.max(room, 0));
      this.buf.set(traced.subarray(0, 2 * records * taken), 2 * (count * records + 1));
      Atomics.store(this.buf, 0, count + taken);
    }
  }

  lwpFree(): void {
    this.disable();
  }

  /** @returns how many are in the section now */
  reference(thread: number): number {
    const refs = Atomics.add(this.#table, this.#row + ROW.REFCOUNT, 1) + 1;
    if (refs === 1) Atomics.store(this.#table, this.#row + ROW.INSIDE, thread + 1);
    return refs;
  }

  /**
   * Publishes what was traced on the way: a thread that reads the count by `Atomics.load` and finds what is there
   * now sees all entries that it counts.
   *
   * @returns how many are in the section still
   */
  release(): number {
    Atomics.add(this.buf, 0, 0);
    Atomics.store(this.#table, this.#row + ROW.INSIDE, 0);
    return Atomics.sub(this.#table, this.#row + ROW.REFCOUNT, 1) - 1;
  }

  /** @returns whether the section is that thread's now: nobody's, or of a thread that has ended */
  claim(thread: number): boolean {
    return Atomics.compareExchange(this.#table, this.#row + ROW.REGISTRANT, 0, thread + 1) === 0;
  }

  /** A thread is gone: nobody of it is in the section any more, and if it was its own another may have it. */
  threadExited(thread: number): void {
    Atomics.compareExchange(this.#table, this.#row + ROW.REGISTRANT, thread + 1, 0);
    const inside = Atomics.compareExchange(this.#table, this.#row + ROW.INSIDE, thread + 1, 0);
    if (inside === thread + 1) Atomics.store(this.#table, this.#row + ROW.REFCOUNT, 0);
  }
}
