import type { KldModule } from '../../src/ksyms/linker.ts';
import type { Filter } from '../../src/loader/filter.ts';
import type { ServedCode } from '../../src/loader/served.ts';
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

/**
 * What an execution is asked to tell: the PCs that it reached; how often as well; its traces in their order; or what it
 * compared.
 */
export type Tracing = 'none' | 'pcs' | 'counts' | 'order' | 'compares';

/** What came of one execution. */
export interface Executed {
  fault: Fault | null;
  milliseconds: number;
  /** The PCs that were reached, each once, by their low halves; empty unless they were asked for, or after a death. */
  pcs: Uint32Array;
  /** The buffer was full: what came later is not among them, or is not counted. */
  overflowed: boolean;
  /** How often each of `pcs` was reached. */
  counts?: Uint32Array;
  /** Its own trace first, then those of remote sections. */
  sections?: readonly OrderedSection[];
  /** Of each PC that compared, the closest operands. */
  compares?: readonly PcCompares[];
  /** What the target read of its input with a FuzzedDataProvider, where that was asked for: `consumeBoolean() → true`. */
  decoded?: readonly string[];
}

export interface ExecuteOptions {
  /** What to tell; `true`: the PCs that were reached. Nothing by default. */
  trace?: boolean | Tracing;
  /** Tell what the target read of its input; no by default. */
  decode?: boolean;
  /** In a process that has executed nothing yet; no by default. */
  fresh?: boolean;
}

/** A trace in its order. */
export interface OrderedSection {
  /** Words of 64 bits, in decimal; of a remote section. */
  remote?: { subsystem: string; id: string };
  /** Low halves. */
  pcs: Uint32Array;
  overflowed: boolean;
}

export interface PcCompares {
  /** Low half. */
  pc: number;
  /** The closest first, each pair once. */
  pairs: readonly ComparedPair[];
}

/** Two operands of a comparison. */
export interface ComparedPair {
  left: ComparedOperand;
  right: ComparedOperand;
  /** 0 where they are equal. Of numbers their difference; of texts and bytes how many characters differ. */
  distance: number;
}

export interface ComparedOperand {
  /** Long ones are cut. */
  value: number | bigint | string | Uint8Array;
  /** A literal of the source. */
  constant: boolean;
}

/** What a process says of the code that it has loaded. */
export interface LoadedCode {
  /** What it has not said before. */
  modules: readonly KldModule[];
  /** By the names of those modules that are not what lies on the disk. */
  served?: ReadonlyMap<string, ServedCode>;
  /** What loading the target has reached, by low halves, and how often: once for each process. */
  loading?: { pcs: Uint32Array; counts: Uint32Array; overflowed: boolean };
}

/** Wants to know which code processes load. */
export interface LoadListener {
  /** First bytes, from KERNBASE, of modules that are known already. */
  known(): number[];
  loaded(code: LoadedCode): void;
}

/** Executes inputs, one after the other, whatever the target does. */
export interface Executes {
  execute(input: Uint8Array, options?: ExecuteOptions): Promise<Executed>;
}
