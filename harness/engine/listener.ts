import type { StabilityReport } from '../feedback/counters.ts';
import type { SessionStats } from '../feedback/session.ts';

/** A failure before anything more is found out about it. */
export interface Failed {
  error: unknown;
  /** Thrown, reported by a bug detector, a rejection or an error of a timer that reached nobody, or a refused end. */
  kind: 'error' | 'detector' | 'rejection' | 'exit' | 'crash';
}

/** A failure with its stack, as far as it could be had, and a copy of the input that did it. */
export interface Found extends Failed {
  input: Buffer;
  /** What a reader must know beside the error. */
  note?: string;
}

/** How far the fuzzer is. */
export interface Progress {
  readonly stats: SessionStats;
  readonly stability: StabilityReport;
  /** The low halves of the PCs that were reached first since the last call. */
  takeReached(): number[];
}

/** Hears of failures, and may let the fuzzer go on after them. All is called while libFuzzer itself does nothing. */
export interface FuzzListener {
  /** Milliseconds, by a clock that the target cannot stop. */
  now(): number;
  /** Before each execution of an input, where it is wanted: it is paid for each time. */
  begins?(input: Uint8Array): void;
  /** Whether a failure is worth further executions, and to be told of by `found`; otherwise it is passed over. */
  wants(failed: Failed): boolean;
  /** @returns whether fuzzing goes on */
  found(found: Found): boolean;
  /** An input that did not fail reached something new. It must be copied to be kept. */
  reached(input: Uint8Array): void;
  /** Every few milliseconds, before an execution. @returns whether fuzzing goes on */
  idle(progress: Progress): boolean;
}

/**
 * Why fuzzing ended before libFuzzer would have ended it: the listener wished so, a signal came, or prototypes that
 * the target polluted cannot be put right, so that each further execution would fail.
 */
export type StopReason = 'listener' | 'signal' | 'polluted';

/** Ends the loop; it is no finding. */
export class Stopped extends Error {
  readonly why: StopReason;

  constructor(why: StopReason) {
    super(`stopped: ${why}`);
    this.why = why;
  }
}
