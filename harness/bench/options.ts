import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Extent, Settings } from './settings.ts';
import { SETTINGS } from './settings.ts';

/** What may be asked for on the command line. */
export interface BenchOptions {
  quick?: boolean;
  full?: boolean;
  only?: string[];
  packages?: string[];
  bugs?: string[];
  out?: string;
  repetitions?: number;
  milliseconds?: number;
  seconds?: number;
  limit?: number;
  seeds?: number;
}

export interface Choices {
  parts: readonly string[];
  packages: readonly string[];
  bugs: readonly string[];
}

export function addOptions(command: Command, { parts, packages, bugs }: Choices): Command {
  return command
    .addOption(new Option('--quick', 'about 3 minutes, to see that it works').conflicts('full'))
    .option('--full', 'hours, for numbers to keep')
    .option('--only <parts>', `some of ${parts.join(',')}`, listOf(parts))
    .option('--packages <names>', `some of ${packages.join(',')}`, listOf(packages))
    .option('--bugs <names>', `some of ${bugs.join(',')}`, listOf(bugs))
    .option('--out <folder>', 'write bench.json, bench.md and charts there')
    .option('--repetitions <n>', 'pairs of measurements', positive)
    .option('--milliseconds <n>', 'to warm up in, and to measure in', positive)
    .option('--seconds <n>', 'to look for coverage, each fuzzer and package', positive)
    .option('--limit <n>', 'seconds to look for a bug', positive)
    .option('--seeds <n>', 'runs to look for a bug', positive);
}

const listOf = (known: readonly string[]) => (value: string) => {
  const names = value.split(',');
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`'${unknown}' is none of ${known.join(', ')}`);
  return known.filter((name) => names.includes(name));
};

function positive(value: string): number {
  if (!/^[1-9]\d*$/.test(value)) throw new InvalidArgumentError(`'${value}' is no positive whole number`);
  return Number(value);
}

export const extentOf = ({ quick, full }: BenchOptions): Extent =>
  quick ? 'quick' : full ? 'full' : 'usual';

export function settingsOf(options: BenchOptions): Settings {
  const settings = SETTINGS[extentOf(options)];
  const { milliseconds } = options;
  return {
    ...settings,
    ...(milliseconds !== undefined && {
      pace: { ...settings.pace, warmUp: milliseconds, measure: milliseconds },
    }),
    repetitions: options.repetitions ?? settings.repetitions,
    coverage: options.seconds ?? settings.coverage,
    limit: options.limit ?? settings.limit,
    seeds: options.seeds ?? settings.seeds,
  };
}
