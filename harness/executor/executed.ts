import type { Filter } from '../../src/loader/filter.ts';
import type { EngineOptions } from '../engine/options.ts';
import type { Fault } from './fault.ts';

/** Which target, and how it is loaded. */
export interface TargetRequest {
  /** Path of the module. */
  target: string;
  filter: Partial<Filter>;
  engine: EngineOptions;
}

export interface Limits {
  /** Milliseconds that one execution may take. */
  timeout: number;
  /** Megabytes that its process may hold. */
  memory: number;
}

/** What came of one execution. */
export interface Executed {
  fault: Fault | null;
  milliseconds: number;
  /** The PCs that were reached, each once, by their low halves; empty unless they were asked for, or after a death. */
  pcs: Uint32Array;
  /** The buffer was full: what came later is not among them. */
  overflowed: boolean;
  /** What the target read of its input with a FuzzedDataProvider, where that was asked for: `consumeBoolean() → true`. */
  decoded?: readonly string[];
}

export interface ExecuteOptions {
  /** Tell the PCs that were reached; no by default. */
  trace?: boolean;
  /** Tell what the target read of its input; no by default. */
  decode?: boolean;
  /** In a process that has executed nothing yet; no by default. */
  fresh?: boolean;
}

/** Executes inputs, one after the other, whatever the target does. */
export interface Executes {
  execute(input: Uint8Array, options?: ExecuteOptions): Promise<Executed>;
}
