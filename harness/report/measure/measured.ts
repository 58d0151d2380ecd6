import type { ServedCode } from '../../../src/loader/served.ts';
import type { ComparedPair } from '../../executor/executed.ts';
import type { Fault } from '../../executor/fault.ts';
import type { FindingRecord } from '../../findings/record.ts';

/** A file of code under test, as it was loaded. */
export interface LoadedFile {
  filename: string;
  /** First byte of its text. */
  address: bigint;
  /** What was compiled, where others had made it of the file. */
  served?: ServedCode;
}

/** What a corpus does to a target. PCs are offsets into kernel text, `textOffset` of them. */
export interface Measured {
  /** The snapshot that symbolizes it. */
  elf: Uint8Array;
  modules: readonly LoadedFile[];
  /** Those of the corpus, the smallest first, of equal ones by their paths; then those of findings, which count nowhere. */
  inputs: readonly MeasuredInput[];
  /** What was reached, when the target was loaded or by an input of the corpus. */
  pcs: ReadonlyMap<number, Reached>;
  /** By the PC of a comparison, the closest first. */
  compares: ReadonlyMap<number, readonly Compared[]>;
  /** Of inputs that are the smallest for something, and those of findings. */
  details: ReadonlyMap<number, Detail>;
  /** What a reader must know of the numbers. */
  notes: readonly string[];
}

export interface Reached {
  /** How often. */
  hits: number;
  /** By how many inputs; 0 where only loading reaches it. */
  inputs: number;
  /** The smallest of them, by their index, at most SMALLEST. */
  smallest: readonly number[];
}

export const SMALLEST = 5;

export interface MeasuredInput {
  path: string;
  size: number;
  fault: Fault | null;
  milliseconds: number;
  /** Distinct PCs that it reaches, and those that no smaller one does. */
  pcs: number;
  first: number;
  /** Its trace did not fit the buffer: counts are a lower bound. */
  overflowed: boolean;
  /** The folder's name of the finding that it belongs to. */
  finding?: string;
}

/** Two operands of a comparison, and the input that had them compared. */
export interface Compared extends ComparedPair {
  input: number;
}

export interface Detail {
  /** Its first 64 KB at most. */
  data: Uint8Array;
  /** What the target read of it with a FuzzedDataProvider. */
  decoded?: readonly string[];
  /** Its own trace first, then those of remote sections. */
  sections: readonly Section[];
}

export interface Section {
  remote?: { subsystem: string; id: string };
  /** In the order in which they were reached. */
  pcs: Uint32Array;
  overflowed: boolean;
}

/** What a campaign beside the corpus knows. */
export interface CampaignPast {
  findings: readonly FindingRecord[];
  history: readonly HistoryRun[];
}

/** Coverage over time, of one run of a campaign. */
export interface HistoryRun {
  /** Milliseconds since the epoch. */
  start: number;
  points: readonly { seconds: number; covered: number; inputs: number; executions: number }[];
}
