import type { Input } from './input.ts';

/** An input that was run for its comparisons, and from which candidates are made. */
export interface Base {
  readonly input: Input;
  /** Candidates that lie between it and an input that was learned from otherwise. */
  readonly depth: number;
  /** Where the last of them was changed. */
  readonly near: number;
  /** Places where it had strings, bytes or patterns that did not hold. */
  readonly unmet: ReadonlySet<number>;
  /** Places where they hold, as candidates before it have shown: the log does not tell. */
  readonly met: ReadonlySet<number>;
  /** Candidates whose comparisons may be looked at: a climb shows in nothing else. */
  looks: number;
  /** Tasks that hold on to it. */
  tasks: number;
}
