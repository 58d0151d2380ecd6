import type { FaultKind } from '../executor/fault.ts';

/** One thing that was found, however often. */
export interface FindingState {
  title: string;
  kind: FaultKind;
  target: string;
  /** Its folder, and the smallest input of it. */
  folder: string;
  file: string;
  /** How often it was seen. */
  count: number;
  /** Of ten runs of the input, how many failed in this way. */
  reproduced: number;
  /** Milliseconds since the epoch. */
  firstSeen: number;
  lastSeen: number;
  /** Frames of the code under test, as `describeError` has them. */
  stack: readonly string[];
  /** The command that runs it again. */
  command: string;
}
