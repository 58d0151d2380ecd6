import { KCOV_MODE_TRACE_CMP, KCOV_MODE_TRACE_PC, KCOV_MODE_TRACE_UNIQUE_PC } from '../abi/kcov.ts';
import type { Kernel } from '../abi/kernel.ts';
import type { Traced } from './traced.ts';

/** What runs LWPs, one at a time, and what instrumented code reads there. */
export interface Processor {
  curlwp: Lwp;
  readonly kernel: Pick<Kernel, 'buf' | 'end' | 'cmp' | 'unique'>;
}

/** A flow of control, and the KD that traces it. */
export class Lwp {
  l_kcov: Traced | null = null;
  readonly #cpu: Processor;

  constructor(cpu: Processor) {
    this.#cpu = cpu;
  }

  /**
   * Folds all that decides whether this LWP is traced into the fields that instrumented code reads. To be
   * called wherever one of them changes: which LWP runs, which KD it has, and that KD's `enabled`, `silenced` and
   * `mode`. What changes while another LWP runs is folded when this one goes on.
   *
   * @see subr_kcov.c:585-614, the ladder of guards
   */
  fold(): void {
    const { curlwp, kernel } = this.#cpu;
    if (curlwp !== this) return;
    const kd = this.l_kcov;
    const traced = kd?.enabled && !kd.silenced;
    // Each is written only where it changes: until then it is a constant to V8, and where nothing was ever traced
    // the whole site comes to nothing.
    if (traced && kd.buf !== null && kd.buf !== kernel.buf) kernel.buf = kd.buf;
    const unique = traced && kd.mode === KCOV_MODE_TRACE_UNIQUE_PC ? kd.unique : null;
    if (unique !== kernel.unique) kernel.unique = unique;
    const end = traced && kd.mode === KCOV_MODE_TRACE_PC ? kd.bufnent : 0;
    if (end !== kernel.end) kernel.end = end;
    const cmp = traced && kd.mode === KCOV_MODE_TRACE_CMP ? kd.bufnent : 0;
    if (cmp !== kernel.cmp) kernel.cmp = cmp;
  }

  /** What runs until `silenceLeave` is not traced. @see subr_kcov.c:427 kcov_silence_enter */
  silenceEnter(): void {
    if (this.l_kcov !== null) this.l_kcov.silenced = true;
    this.fold();
  }

  /** @see subr_kcov.c:436 kcov_silence_leave */
  silenceLeave(): void {
    if (this.l_kcov !== null) this.l_kcov.silenced = false;
    this.fold();
  }

  /** The LWP ends; a KD whose file is closed already goes with it. @see subr_kcov.c:168 kcov_lwp_free */
  exit(): void {
    this.l_kcov?.lwpFree();
    this.l_kcov = null;
    this.fold();
  }
}
