import type { Executed, Limits, LoadedCode, TargetRequest, Tracing } from './executed.ts';
import type { Fault } from './fault.ts';

/** What the parent and the process that executes inputs for it say to each other, in frames: see frames.ts. */

/** The process's descriptors: inputs and results on the one, what it says before its end on the other. */
export const INPUTS = 3;
export const LAST_WORDS = 4;

/** The first thing it is told. */
export interface Begin {
  request: TargetRequest;
  limits: Limits;
  /** Process id of the parent. */
  parent: number;
  /** Modules that need not be told of, where it is to tell which code it loads. */
  known?: readonly number[];
}

export interface Run {
  /** Counts from 1. */
  run: number;
  input: Uint8Array;
  trace: Tracing;
  decode: boolean;
}

/** What a run is to tell. */
export type What = Pick<Run, 'trace' | 'decode'>;

export type Answer =
  | { type: 'loaded'; code?: LoadedCode }
  /** The target cannot be loaded. `usage`: by a mistake of the caller. */
  | { type: 'refused'; message: string; usage: boolean }
  /** `last`: the process ends itself now, as the run has left something behind. */
  | { type: 'ran'; run: number; executed: Executed; code?: LoadedCode; last: boolean };

/** What a process says that may not come to answer. Run 0 is the time before the first. */
export type LastWords =
  /** How the run ends the process, if it does end. */
  | { type: 'ending'; run: number; fault: Fault }
  /** The run goes on for ever: the process is to be killed. */
  | { type: 'stuck'; run: number; fault: Fault }
  /** What executes inputs fails itself. */
  | { type: 'broken'; run: number; message: string };
