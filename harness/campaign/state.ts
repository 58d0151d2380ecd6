import type { FindingState } from '../findings/finding.ts';

/** What a campaign knows of itself at one moment: all that is shown, logged and served. */
export interface CampaignState {
  /** Names of the targets that take part; of most campaigns one. */
  targets: readonly TargetState[];
  /** Milliseconds since the epoch, and since the start by a clock that does not jump. */
  now: number;
  elapsed: number;
  /** Milliseconds that are left; undefined where nothing ends it but the user. */
  left?: number;
  /** Milliseconds from when the first target was loaded until the last worker ended. */
  fuzzed?: number;
  phase: 'starting' | 'running' | 'finishing' | 'done';
  workers: readonly WorkerState[];
  findings: readonly FindingState[];
  /** Candidates that still wait to be run again, made smaller and named. */
  triage: number;
  /** What went wrong with the campaign itself, the last of them last: `/corpus: no space left on device`. */
  notes: readonly string[];
}

export interface TargetState {
  name: string;
  corpus: string;
  /** Inputs in the corpus; and of them those that this run has added, where that is known. */
  inputs: number;
  newInputs?: number;
  /** Executions of all workers since the start of this process, and of the last ten seconds, a second. */
  executions: number;
  rate: number;
  /** PCs that were reached, by anyone; and sites there are in the files that are loaded. */
  covered: number;
  sites: number;
  /** Files that are instrumented. */
  files: number;
  /** Milliseconds since a PC was reached first; undefined before any was. */
  sinceNew?: number;
  /** 0 to 1: PCs that are the same when an input runs again. */
  stability: number;
  /** 0 to 1: runs whose trace did not fit its buffer. */
  overflowed: number;
  /** Coverage over time, at most a few hundred points, the oldest first: milliseconds since the start, PCs. */
  history: readonly { at: number; covered: number }[];
  /** Milliseconds of a mean run: for what a user can do about a low rate. */
  meanMilliseconds: number;
}

export interface WorkerState {
  number: number;
  target: string;
  state: 'starting' | 'running' | 'restarting' | 'stopped';
  executions: number;
  rate: number;
  /** Megabytes. */
  memory: number;
  /** How often it was started anew after its process died. */
  restarts: number;
}
