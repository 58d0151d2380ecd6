import type { Pace } from './timing.ts';

/** How long everything is measured. */
export interface Settings {
  /** Pairs of measurements. */
  repetitions: number;
  /** Kilobytes of the large input. */
  kilobytes: number;
  pace: Pace;
  /** Seconds that the slower fuzzer replays the corpus for, about. */
  replay: number;
  /** Seconds that each fuzzer looks for coverage. */
  coverage: number;
  /** Runs of each fuzzer that look for coverage, with different seeds. */
  trials: number;
  /** Seconds that each fuzzer looks for a bug. */
  limit: number;
  /** Runs of each fuzzer that look for a bug. */
  seeds: number;
  /** Addresses that are symbolized, and whether those of a large program are too. */
  symbolize: { addresses: number; large: boolean };
  /** Files and inputs of the largest report. */
  files: number;
  inputs: number;
  /** How many packages and bugs, where none are named. */
  packages: number;
  bugs: number;
}

export type Extent = 'quick' | 'usual' | 'full';

/** About 3 minutes, 20 minutes, and hours. */
export const SETTINGS: Record<Extent, Settings> = {
  quick: {
    repetitions: 1,
    kilobytes: 50,
    pace: { warmUp: 200, measure: 200, passes: 2 },
    replay: 1,
    coverage: 3,
    trials: 1,
    limit: 3,
    seeds: 1,
    symbolize: { addresses: 100_000, large: false },
    files: 40,
    inputs: 400,
    packages: 3,
    bugs: 3,
  },
  usual: {
    repetitions: 3,
    kilobytes: 200,
    pace: { warmUp: 1000, measure: 300, passes: 3 },
    replay: 2.5,
    coverage: 6,
    trials: 1,
    limit: 6,
    seeds: 3,
    symbolize: { addresses: 1_000_000, large: true },
    files: 1_000,
    inputs: 20_000,
    packages: 8,
    bugs: 99,
  },
  full: {
    repetitions: 7,
    kilobytes: 1000,
    pace: { warmUp: 1500, measure: 1500, passes: 5 },
    replay: 10,
    coverage: 60,
    trials: 3,
    limit: 60,
    seeds: 5,
    symbolize: { addresses: 1_000_000, large: true },
    files: 5_000,
    inputs: 100_000,
    packages: 99,
    bugs: 99,
  },
};
