/**
 * A reference of `/dev/kcov`, as short as it can be: what a reader of subr_kcov.c would write on one page. Answers
 * are 'ok', an errno's name or `panic: message`. Knows counts, not contents.
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

export class Model {
  readonly files: (Kd | null)[] = [null, null];
  readonly #sections = new Map<number, { refs: number; kd: Kd }>();
  #l_kcov: Kd | null = null;

  open(i: number): string {
    if (this.files[i]) return 'open';
    this.files[i] = newKd();
    return 'ok';
  }
  close(i: number): string {
    const kd = this.files[i];
    if (!kd) return 'EBADF';
    if (kd.remote) kd.remote.enabled = false;
    this.files[i] = null;
    return 'ok';
  }
  setbufsize(i: number, n: number): string {
    const kd = this.files[i];
    if (!kd) return 'EBADF';
    if (kd.remote) return 'ok';
    if (kd.enabled) return 'EBUSY';
    if (n < 2 || n > MAX) return 'EINVAL';
    if (kd.entries) return 'EEXIST';
    kd.entries = n;
    return 'ok';
  }
  enable(i: number, mode: number): string {
    const kd = this.files[i];
    if (!kd) return 'EBADF';
    if (mode < 0 || mode > 2) return 'EINVAL';
    const target = kd.remote ?? kd;
    if (target.enabled) return 'EBUSY';
    if (!kd.remote && this.#l_kcov) return 'EBUSY';
    if (!kd.remote && !kd.entries) return 'ENOBUFS';
    if (!kd.remote) this.#l_kcov = kd;
    target.mode = mode;
    target.enabled = true;
    return 'ok';
  }
  disable(i: number): string {
    const kd = this.files[i];
    if (!kd) return 'EBADF';
    const target = kd.remote ?? kd;
    if (!target.enabled) return 'ENOENT';
    if (!kd.remote && this.#l_kcov !== kd) return 'ENOENT';
    if (!kd.remote) this.#l_kcov = null;
    target.enabled = false;
    return 'ok';
  }
  attach(i: number, id: number): string {
    const kd = this.files[i];
    if (!kd) return 'EBADF';
    if (kd.enabled) return 'EEXIST';
    const section = this.#sections.get(id);
    if (!section) return 'ENOENT';
    kd.remote = section.kd;
    return 'ok';
  }
  detach(i: number): string {
    const kd = this.files[i];
    if (!kd) return 'EBADF';
    if (kd.enabled) return 'EEXIST';
    if (!kd.remote) return 'ENOENT';
    kd.remote.enabled = false;
    kd.remote = null;
    return 'ok';
  }
  register(id: number): string {
    if (this.#sections.has(id)) return 'panic: kcov_remote_register: kr already exists';
    this.#sections.set(id, { refs: 0, kd: newKd(MAX) });
    return 'ok';
  }
  enter(id: number): string {
    const section = this.#sections.get(id);
    if (!section) return 'panic: kcov_remote_enter: unable to find kr';
    if (++section.refs !== 1) return 'panic: kernel diagnostic assertion "refs == 1" failed';
    if (this.#l_kcov) return 'panic: kernel diagnostic assertion "l->l_kcov == NULL" failed';
    if (section.kd.enabled) this.#l_kcov = section.kd;
    return 'ok';
  }
  leave(id: number): string {
    const section = this.#sections.get(id);
    if (!section) return 'panic: kcov_remote_leave: unable to find kr';
    if (--section.refs !== 0) return 'panic: kernel diagnostic assertion "refs == 0" failed';
    this.#l_kcov = null;
    return 'ok';
  }
  silence(silenced: boolean): string {
    if (this.#l_kcov) this.#l_kcov.silenced = silenced;
    return 'ok';
  }
  trace(mode: number, times: number): string {
    const kd = this.#l_kcov;
    if (!kd?.enabled || kd.silenced || kd.mode !== mode) return 'ok';
    const room = mode === 1 ? kd.entries - 1 : Math.floor((kd.entries - 1) / 4);
    // A user may switch modes on a count that is beyond the room of the new one.
    kd.count = Math.max(kd.count, Math.min(kd.count + times, room));
    return 'ok';
  }
  reset(i: number, count: number): string {
    const kd = this.files[i];
    const target = kd?.remote ?? kd;
    if (!target?.entries) return 'no map';
    target.count = count;
    return 'ok';
  }
  /** Word 0 as whoever has mapped the descriptor sees it. */
  count(i: number): number | null {
    const kd = this.files[i];
    const target = kd?.remote ?? kd;
    return target?.entries ? target.count : null;
  }
}
