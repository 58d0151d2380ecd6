/**
 * A reference of `/dev/kcov`, as short as it can be: what a reader of subr_kcov.c would write on one page. Answers
 * are 'ok', an errno's name or `panic: message`. Knows counts, not contents.
 *
 * Every operation is done by an LWP of a thread. Files belong to a thread, sections to all.
 */
interface Kd {
  entries: number;
  enabled: boolean;
  silenced: boolean;
  mode: number;
  count: number;
  remote: Kd | null;
}

const MAX = 256 << 10;
const newKd = (entries = 0): Kd => ({
  entries,
  enabled: false,
  silenced: false,
  mode: 0,
  count: 0,
  remote: null,
});

export interface Actor {
  thread: number;
  lwp: number;
}

export class Model {
  readonly files: (Kd | null)[][];
  readonly #sections = new Map<number, { refs: number; kd: Kd }>();
  readonly #l_kcov: (Kd | null)[][];

  constructor(threads: number, lwps: number, files: number) {
    this.files = Array.from({ length: threads }, () => Array(files).fill(null));
    this.#l_kcov = Array.from({ length: threads }, () => Array(lwps).fill(null));
  }

  do(actor: Actor, operation: Operation, ...args: number[]): string {
    return (this[operation] as (l: Actor, ...args: number[]) => string).call(this, actor, ...args);
  }

  #running({ thread, lwp }: Actor): Kd | null {
    return this.#l_kcov[thread]![lwp]!;
  }
  #run({ thread, lwp }: Actor, kd: Kd | null): void {
    this.#l_kcov[thread]![lwp] = kd;
  }

  open(l: Actor, i: number): string {
    if (this.files[l.thread]![i]) return 'open';
    this.files[l.thread]![i] = newKd();
    return 'ok';
  }
  close(l: Actor, i: number): string {
    const kd = this.files[l.thread]![i];
    if (!kd) return 'EBADF';
    if (kd.remote) kd.remote.enabled = false;
    this.files[l.thread]![i] = null;
    return 'ok';
  }
  setbufsize(l: Actor, i: number, n: number): string {
    const kd = this.files[l.thread]![i];
    if (!kd) return 'EBADF';
    if (kd.remote) return 'ok';
    if (kd.enabled) return 'EBUSY';
    if (n < 2 || n > MAX) return 'EINVAL';
    if (kd.entries) return 'EEXIST';
    kd.entries = n;
    return 'ok';
  }
  enable(l: Actor, i: number, mode: number): string {
    const kd = this.files[l.thread]![i];
    if (!kd) return 'EBADF';
    if (mode < 0 || mode > 2) return 'EINVAL';
    const target = kd.remote ?? kd;
    if (target.enabled) return 'EBUSY';
    if (!kd.remote && this.#running(l)) return 'EBUSY';
    if (!kd.remote && !kd.entries) return 'ENOBUFS';
    if (!kd.remote) this.#run(l, kd);
    target.mode = mode;
    target.enabled = true;
    return 'ok';
  }
  disable(l: Actor, i: number): string {
    const kd = this.files[l.thread]![i];
    if (!kd) return 'EBADF';
    const target = kd.remote ?? kd;
    if (!target.enabled) return 'ENOENT';
    if (!kd.remote && this.#running(l) !== kd) return 'ENOENT';
    if (!kd.remote) this.#run(l, null);
    target.enabled = false;
    return 'ok';
  }
  attach(l: Actor, i: number, id: number): string {
    const kd = this.files[l.thread]![i];
    if (!kd) return 'EBADF';
    if (kd.enabled) return 'EEXIST';
    const section = this.#sections.get(id);
    if (!section) return 'ENOENT';
    kd.remote = section.kd;
    return 'ok';
  }
  detach(l: Actor, i: number): string {
    const kd = this.files[l.thread]![i];
    if (!kd) return 'EBADF';
    if (kd.enabled) return 'EEXIST';
    if (!kd.remote) return 'ENOENT';
    kd.remote.enabled = false;
    kd.remote = null;
    return 'ok';
  }
  register(_: Actor, id: number): string {
    if (this.#sections.has(id)) return 'panic: kcov_remote_register: kr already exists';
    this.#sections.set(id, { refs: 0, kd: newKd(MAX) });
    return 'ok';
  }
  enter(l: Actor, id: number): string {
    const section = this.#sections.get(id);
    if (!section) return 'panic: kcov_remote_enter: unable to find kr';
    if (++section.refs !== 1) return 'panic: kernel diagnostic assertion "refs == 1" failed';
    if (this.#running(l)) return 'panic: kernel diagnostic assertion "l->l_kcov == NULL" failed';
    if (section.kd.enabled) this.#run(l, section.kd);
    return 'ok';
  }
  leave(l: Actor, id: number): string {
    const section = this.#sections.get(id);
    if (!section) return 'panic: kcov_remote_leave: unable to find kr';
    if (--section.refs !== 0) return 'panic: kernel diagnostic assertion "refs == 0" failed';
    this.#run(l, null);
    return 'ok';
  }
  silence(l: Actor, silenced: number): string {
    const kd = this.#running(l);
    if (kd) kd.silenced = silenced === 1;
    return 'ok';
  }
  /** The LWP ends, and another takes its place. */
  exit(l: Actor): string {
    const kd = this.#running(l);
    if (kd) kd.enabled = false;
    this.#run(l, null);
    return 'ok';
  }
  trace(l: Actor, mode: number, times: number): string {
    const kd = this.#running(l);
    if (!kd?.enabled || kd.silenced || kd.mode !== mode) return 'ok';
    const room = mode === 1 ? kd.entries - 1 : Math.floor((kd.entries - 1) / 4);
    // A user may switch modes on a count that is beyond the room of the new one.
    kd.count = Math.max(kd.count, Math.min(kd.count + times, room));
    return 'ok';
  }
  reset(l: Actor, i: number, count: number): string {
    const kd = this.files[l.thread]![i];
    const target = kd?.remote ?? kd;
    if (!target?.entries) return 'no map';
    target.count = count;
    return 'ok';
  }

  /** Word 0 of each of a thread's files, as whoever has it mapped sees it. */
  counts(thread: number): (number | null)[] {
    return this.files[thread]!.map((kd) => {
      const target = kd?.remote ?? kd;
      return target?.entries ? target.count : null;
    });
  }
}

export type Operation =
  | 'open'
  | 'close'
  | 'setbufsize'
  | 'enable'
  | 'disable'
  | 'attach'
  | 'detach'
  | 'register'
  | 'enter'
  | 'leave'
  | 'silence'
  | 'exit'
  | 'trace'
  | 'reset';
