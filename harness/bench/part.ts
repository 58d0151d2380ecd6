import type { Settings } from './settings.ts';
import type { Table } from './table.ts';

/** What parts of the benchmark are given, and what they give. */

export interface Context {
  settings: Settings;
  /** Packages to measure. */
  packages: readonly string[];
  /** Published bugs to look for. */
  bugs: readonly string[];
  /** A folder of one's own, by name; it is empty. */
  folder(name: string): string;
  /** Says what is being done, in a line that the next one overwrites. */
  progress(text: string): void;
}

/** One of the project's goals, beside what was measured. */
export interface Goal {
  goal: string;
  measured: string;
  met: boolean;
}

export interface Presented {
  tables: Table[];
  goals: Goal[];
  /** Files to write beside the report, by name. */
  files?: Record<string, string>;
}

/** Measuring and presenting are apart: what was measured is written as it is, and can be presented again. */
export interface Part<Data> {
  name: string;
  measure(context: Context): Promise<Data>;
  present(data: Data): Presented;
}
