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
  /** One subject could not be measured; the others are. */
  failed(subject: string, error: unknown): void;
  /** Says what is being done, in a line that the next one overwrites. */
  progress(text: string): void;
}

/** Measures one subject after the other, and leaves out those that fail: a run is long. */
export async function measureEach<Data>(
  names: readonly string[],
  { failed }: Pick<Context, 'failed'>,
  measure: (name: string) => Promise<Data>,
): Promise<Record<string, Data>> {
  const all: Record<string, Data> = {};
  for (const name of names) {
    try {
      all[name] = await measure(name);
    } catch (error) {
      failed(name, error);
    }
  }
  if (Object.keys(all).length === 0) throw new Error('nothing could be measured');
  return all;
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
