/**
 * What a page is given: the contract between what is built in Node and what runs in the browser. Types and names only.
 *
 * Lines and columns count from 1; ends are exclusive. Inputs and files are named by their index.
 */

export type Place = readonly [line: number, column: number];
export type Range = readonly [line: number, column: number, endLine: number, endColumn: number];
/** How much was reached, and of how much. */
export type Count = readonly [covered: number, total: number];

/** istanbul's numbers, and ours of PCs. */
export interface Totals {
  statements: Count;
  branches: Count;
  functions: Count;
  lines: Count;
  pcs: Count;
}

/** In the order in which they are shown, with their titles. */
export const TOTALS: readonly (readonly [keyof Totals, string])[] = [
  ['lines', 'Lines'],
  ['branches', 'Branches'],
  ['functions', 'Functions'],
  ['statements', 'Statements'],
  ['pcs', 'PCs'],
];

/** What is read when the page opens. Everything else comes in chunks, when it is first looked at. */
export interface PageIndex {
  version: 1;
  /** The target, as it was named. */
  target: string;
  /** ISO 8601, in UTC. */
  made: string;
  /** `kcovjs 0.1.0` */
  generator: string;
  /** Makes the report again. */
  command: string;
  /** Folder that the paths of files are relative to. */
  root: string;
  totals: Totals;
  /** By path. */
  files: readonly FileSummary[];
  /** Those to which execution came most often first. */
  frontier: readonly Door[];
  /** How many there are, should not all be listed. */
  doors: number;
  findings: readonly Finding[];
  history: readonly Series[];
  inputs: InputTotals;
  /** Inputs that have a detail, in rising order: DETAILS_PER_CHUNK of them in each chunk. */
  detailed: readonly number[];
  /** What a reader must know of the numbers: `parser.js has changed since it was loaded; it is not in the report`. */
  notes: readonly string[];
}

export interface FileSummary extends Totals {
  /** Below `root`, with slashes. */
  path: string;
}

export interface InputTotals {
  /** Of the corpus. Those of findings come behind them, and count nowhere. */
  count: number;
  /** Inputs of findings. */
  findings: number;
  /** Inputs of the corpus that end in an error. */
  failed: number;
  bytes: number;
}

/** A place that execution came to and, for all that ran, never through. */
export interface Door {
  file: number;
  /** What was never entered. */
  range: Range;
  /** What that is: `rest` is what follows a statement that always left. */
  kind: 'then' | 'else' | 'case' | 'loop' | 'operand' | 'default' | 'catch' | 'rest';
  /** Where it is decided. */
  place: Place;
  /** The text that decides, in one line. */
  code: string;
  function: string;
  /** How often execution came here. */
  visits: number;
  /** How many inputs came here, and the smallest of them. */
  inputs: number;
  smallest: readonly number[];
  /** PCs that were never reached and lie behind it. */
  behind: number;
  /** What keeps it shut, the closest operands first; empty where nothing was compared. */
  compares: readonly DoorCompare[];
}

export interface DoorCompare {
  place: Place;
  left: Operand;
  right: Operand;
  /** The input that was this close. */
  input: number;
}

export interface Operand {
  type: 'number' | 'text' | 'bytes';
  /** As it would be written: `42`, `"GET "`, `7f 45 4c 46`. Long ones are cut, with an ellipsis. */
  value: string;
  /** A literal of the source. */
  constant: boolean;
}

export interface Finding {
  /** Name of its folder; unique. */
  slug: string;
  title: string;
  kind: string;
  count: number;
  /** Of ten runs; undefined where it was not examined. */
  reproduced?: number;
  /** ISO 8601. */
  firstSeen: string;
  lastSeen: string;
  message?: string;
  stack: readonly StackFrame[];
  decoded?: readonly string[];
  command: string;
  /** Its input. */
  input?: number;
}

export interface StackFrame {
  text: string;
  /** Where the frame's file is in the report. */
  file?: number;
  line?: number;
}

/** Coverage over time, of one run of a campaign. */
export interface Series {
  /** ISO 8601. */
  start: string;
  points: readonly { seconds: number; covered: number; inputs: number; executions: number }[];
}

/** Of each file: chunk `file-N`. */
export interface FileDetail {
  /** As a person wrote it; null where it cannot be read. */
  text: string | null;
  lines: readonly LineDetail[];
  /** By line. */
  functions: readonly FunctionDetail[];
  /** Text that never ran on lines that did, and branches that were never taken. */
  marks: readonly Mark[];
}

/** `never`: in a function that was never entered. */
export const LINE_STATES = ['uncovered', 'partly', 'covered', 'never'] as const;
export type LineState = (typeof LINE_STATES)[number];

/** A line that has code. */
export type LineDetail = readonly [
  line: number,
  /** Index into LINE_STATES. */
  state: number,
  hits: number,
  /** How many inputs reach it, and the smallest of them. */
  inputs: number,
  smallest: readonly number[],
];

export interface FunctionDetail {
  name: string;
  range: Range;
  calls: number;
  statements: Count;
  branches: Count;
  pcs: Count;
  /** As of a line. */
  inputs: number;
  smallest: readonly number[];
}

export interface Mark {
  range: Range;
  kind: 'statement' | 'branch';
  /** `else: never taken, 1204 times here` */
  title: string;
}

/** Chunk `functions`: for the search, and the table of all functions. Columns, one entry a function. */
export interface FunctionTable {
  names: readonly string[];
  files: readonly number[];
  lines: readonly number[];
  calls: readonly number[];
  pcs: readonly Count[];
}

export const INPUTS_PER_CHUNK = 10_000;
/** Chunk `inputs-N`, by index. Columns, one entry an input. */
export interface InputTable {
  /** Names of files: for the search. */
  names: readonly string[];
  sizes: readonly number[];
  milliseconds: readonly number[];
  /** Distinct PCs that it reaches, and those that no smaller one does. */
  pcs: readonly number[];
  first: readonly number[];
  /** `TypeError: …`, for those that end in an error, by their index. */
  faults: Readonly<Record<string, string>>;
}

export const DETAILS_PER_CHUNK = 64;
/** Chunk `details-N`. Calls that are the same stand there once. */
export interface DetailChunk {
  inputs: Readonly<Record<string, InputDetail>>;
  functions: readonly TraceFunction[];
  calls: readonly Call[];
}

export interface InputDetail {
  path: string;
  /** Base64, of the first bytes; `size` says how many there are. */
  data: string;
  size: number;
  /** What the target read of it with a FuzzedDataProvider: `consumeBoolean() → true`. */
  decoded?: readonly string[];
  /** Runs it again. */
  command: string;
  /** Its own trace first, then those of remote sections. */
  sections: readonly TraceSection[];
}

export interface TraceSection {
  /** Of a remote section. */
  remote?: { subsystem: string; id: string };
  /** PCs in it. */
  pcs: number;
  /** What is not shown, and why: `the buffer was full`, `the rest of 180000 PCs is left out`. */
  cut?: string;
  steps: readonly Step[];
}

export interface TraceFunction {
  name: string;
  /** Undefined where it is in no file of the report. */
  file?: number;
  line: number;
}

/** A call, and what ran in it. */
export interface Call {
  /** Index into `functions`. */
  fn: number;
  steps: readonly Step[];
}

/** A line that was reached; a call, by its index into `calls`; or steps that ran several times, one after the other. */
export type Step = number | { call: number } | { times: number; steps: readonly Step[] };
