import { type ErrnoCode, panic } from '../abi/errno.ts';
import type { Section } from '../abi/kcov.ts';
import type { Kcov } from './descriptor.ts';
import type { Lwp } from './lwp.ts';
import type { Peers } from './peers.ts';
import { RemoteKcov } from './remote-kcov.ts';
import { CLAIMED, LIFE, REGISTERED, ROW, type SharedMemory, TRACE_NEW } from './shared.ts';

type Id = bigint | number;

/** Milliseconds. */
const PATIENCE = 100;

/** A section as its users name it: 1 and 1n, or -1 and its complement, are one. */
export const sectionOf = (subsystem: Id, id: Id): Section => ({
  subsystem: BigInt.asUintN(64, BigInt(subsystem)),
  id: BigInt.asUintN(64, BigInt(id)),
});

/** The halves of a uint64_t: 1 and 1n, or -1 and its complement, are one. */
function halves(value: Id): [low: number, high: number] {
  const word = BigInt.asIntN(64, BigInt(value));
  return [Number(BigInt.asIntN(32, word)), Number(word >> 32n)];
}

/**
 * Sections by subsystem and id, which any thread may register, work for and attach to. The list only grows; a row
 * is written by the thread that claimed it, and seen by the others once it is live.
 *
 * @see subr_kcov.c:221 struct kcov_remote
 */
export class RemoteSections {
  readonly #memory: () => SharedMemory;
  readonly #thread: number;
  readonly #kds: RemoteKcov[] = [];

  readonly #peers: Peers | null;

  /**
   * @param memory asked for when the first section is
   * @param thread the number of this thread
   * @param peers processes that may have sections too
   */
  constructor(memory: () => SharedMemory, thread = 0, peers: Peers | null = null) {
    this.#memory = memory;
    this.#thread = thread;
    this.#peers = peers;
  }

  #kd(index: number): RemoteKcov {
    this.#kds[index] ??= new RemoteKcov(this.#memory(), index);
    return this.#kds[index];
  }

  /** Rows that were claimed. More were asked for than there are where a process has too many. */
  #rows(): number {
    const { table, buffers } = this.#memory();
    return Math.min(Atomics.load(table, CLAIMED), buffers.length);
  }

  /** @returns the section's number, or -1 @see subr_kcov.c:233 kcov_remote_find */
  #index(subsystem: Id, id: Id): number {
    const { table } = this.#memory();
    const key = [...halves(subsystem), ...halves(id)];
    const rows = this.#rows();
    for (let index = 0; index < rows; index++) {
      const row = (index + 1) * ROW.SIZE;
      if (Atomics.load(table, row + ROW.LIFE) !== LIFE.LIVE) continue;
      if (key.every((half, i) => table[row + ROW.SUBSYSTEM + i] === half)) return index;
    }
    return -1;
  }

  #find(subsystem: Id, id: Id): RemoteKcov | undefined {
    const index = this.#index(subsystem, id);
    return index === -1 ? undefined : this.#kd(index);
  }

  /** A section that another process has registered gets its buffer here when somebody asks for it. */
  #findOrAdopt(subsystem: Id, id: Id): RemoteKcov | undefined {
    const found = this.#find(subsystem, id);
    if (found !== undefined || this.#peers === null) return found;
    const peer = this.#peers.peer(sectionOf(subsystem, id));
    if (peer === null) return undefined;
    this.register(subsystem, id);
    const kd = this.#find(subsystem, id)!;
    if (peer.tracing & 1 && !kd.enabled) kd.enable(peer.tracing >> 1);
    kd.peer = peer;
    return kd;
  }

  /** Looks for sections that other processes have registered meanwhile. */
  adopt(): void {
    for (const { subsystem, id } of this.#peers?.sections() ?? []) this.#findOrAdopt(subsystem, id);
  }

  /** The KD of a section of this process. */
  kd(subsystem: Id, id: Id): RemoteKcov | undefined {
    return this.#find(subsystem, id);
  }

  /**
   * Makes a section known, or takes over that of a thread that has ended, with whoever is attached to it.
   *
   * @throws {KernelPanic} where the section exists, or the process has as many as it can
   * @see subr_kcov.c:246 kcov_remote_register
   */
  register(subsystem: Id, id: Id): void {
    const there = this.#find(subsystem, id);
    if (there?.claim(this.#thread)) return;
    if (there !== undefined) panic('kcov_remote_register: kr already exists');
    const { table, buffers } = this.#memory();
    const index = Atomics.add(table, CLAIMED, 1);
    if (index >= buffers.length) panic('kcov_remote_register: failed to allocate buffer');
    const row = (index + 1) * ROW.SIZE;
    table.set([...halves(subsystem), ...halves(id)], row + ROW.SUBSYSTEM);
    this.#kd(index).claim(this.#thread);
    const mode = Atomics.load(table, TRACE_NEW) - 1;
    if (mode >= 0) this.#kd(index).enable(mode);
    Atomics.store(table, row + ROW.LIFE, LIFE.LIVE);
    Atomics.notify(table, row + ROW.LIFE);
    // Two threads may both have looked in vain; the one that claimed the lower row has it.
    this.#waitForLower(index);
    if (this.#index(subsystem, id) === index) {
      Atomics.add(table, REGISTERED, 1);
      return;
    }
    Atomics.store(table, row + ROW.LIFE, LIFE.DEAD);
    panic('kcov_remote_register: kr already exists');
  }

  /** Whoever claimed a row is a few instructions from having written it, unless its thread was ended there. */
  #waitForLower(index: number): void {
    const { table } = this.#memory();
    for (let row = ROW.SIZE; row <= index * ROW.SIZE; row += ROW.SIZE)
      Atomics.wait(table, row + ROW.LIFE, LIFE.CLAIMED, PATIENCE);
  }

  /** How many there are. */
  get size(): number {
    return Atomics.load(this.#memory().table, REGISTERED);
  }

  /**
   * Enables sections in this mode as they are registered, so that a harness misses nothing of one that comes up
   * while it watches; null for no longer. The original has nothing like it.
   */
  traceNew(mode: number | null): void {
    Atomics.store(this.#memory().table, TRACE_NEW, mode === null ? 0 : mode + 1);
    this.#peers?.traceNew(mode === null ? 0 : (mode << 1) | 1);
  }

  /** All sections, in the order in which they were registered. */
  list(): Section[] {
    const { table } = this.#memory();
    const word = (at: number): bigint =>
      BigInt.asUintN(64, (BigInt(table[at + 1]!) << 32n) | BigInt.asUintN(32, BigInt(table[at]!)));
    const rows = Array.from({ length: this.#rows() }, (_, index) => (index + 1) * ROW.SIZE);
    return rows
      .filter((row) => Atomics.load(table, row + ROW.LIFE) === LIFE.LIVE)
      .map((row) => ({ subsystem: word(row + ROW.SUBSYSTEM), id: word(row + ROW.ID) }));
  }

  /**
   * The LWP begins to work for the section; it is traced if somebody enabled the section.
   *
   * @throws {KernelPanic} where there is no such section, where an LWP is in it, or where this LWP is traced
   * @see subr_kcov.c:271 kcov_remote_enter
   */
  enter(l: Lwp, subsystem: Id, id: Id): void {
    const kd = this.#find(subsystem, id) ?? panic('kcov_remote_enter: unable to find kr');
    if (kd.reference(this.#thread) !== 1) panic('kernel diagnostic assertion "refs == 1" failed');
    if (l.l_kcov !== null) panic('kernel diagnostic assertion "l->l_kcov == NULL" failed');
    if (kd.enabled) {
      l.l_kcov = kd;
      l.fold();
    }
  }

  /**
   * @throws {KernelPanic} where there is no such section, or no LWP was in it
   * @see subr_kcov.c:294 kcov_remote_leave
   */
  leave(l: Lwp, subsystem: Id, id: Id): void {
    const kd = this.#find(subsystem, id) ?? panic('kcov_remote_leave: unable to find kr');
    if (kd.release() !== 0) panic('kernel diagnostic assertion "refs == 0" failed');
    l.l_kcov = null;
    l.fold();
  }

  /** @see subr_kcov.c:341 kcov_remote_attach */
  attach(kd: Kcov, subsystem: Id, id: Id): ErrnoCode | 0 {
    if (kd.enabled) return 'EEXIST';
    const remote = this.#findOrAdopt(subsystem, id);
    if (remote === undefined) return 'ENOENT';
    kd.remote = remote;
    return 0;
  }

  /** A thread has ended, perhaps in the middle of a section: its LWPs leave what they were in. */
  threadExited(thread: number): void {
    for (let index = 0; index < this.#rows(); index++) this.#kd(index).threadExited(thread);
  }
}

/** @see subr_kcov.c:357 kcov_remote_detach */
export function remoteDetach(kd: Kcov): ErrnoCode | 0 {
  if (kd.enabled) return 'EEXIST';
  if (kd.remote === null) return 'ENOENT';
  kd.remote.disable();
  kd.remote = null;
  return 0;
}
