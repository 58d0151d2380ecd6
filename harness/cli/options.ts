import { type Command, InvalidArgumentError } from 'commander';
import type { Filter } from '../../src/loader/filter.ts';
import type { EngineOptions } from '../engine/options.ts';

/** Options that several commands have. */

export interface TargetOptions {
  includes?: string[];
  excludes?: string[];
  fuzzEntryPoint: string;
  customHooks?: string[];
  disableBugDetectors?: string[];
}

const collect = (value: string, list: string[] = []): string[] => [...list, value];

export function patternList(value: string, list: string[] = []): string[] {
  try {
    new RegExp(value);
  } catch {
    throw new InvalidArgumentError(`'${value}' is no regular expression`);
  }
  return [...list, value];
}

export function wholeNumber(value: string): number {
  if (!/^\d+$/.test(value)) throw new InvalidArgumentError(`'${value}' is no whole number`);
  return Number(value);
}

export function workerCount(value: string): number {
  const count = wholeNumber(value);
  if (count === 0) throw new InvalidArgumentError('there must be one at least');
  return count;
}

export function port(value: string): number {
  const number = wholeNumber(value);
  if (number > 65_535) throw new InvalidArgumentError(`'${value}' is no port; 0 is any that is free`);
  return number;
}

/**
 * Our words and, behind `--`, libFuzzer's. Jazzer.js writes its options in camel case or with underscores, which
 * is understood.
 */
export function split(argv: readonly string[]): { own: string[]; flags: string[] } {
  const end = argv.indexOf('--');
  const own = end === -1 ? argv : argv.slice(0, end);
  const kebab = (name: string): string =>
    name.replace(/_/g, '-').replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);
  return { own: own.map((word) => word.replace(/^--[a-z][\w-]*/, kebab)), flags: argv.slice(own.length + 1) };
}

/** Which code is instrumented and how the target is called: the names and aliases of Jazzer.js. */
export function addTargetOptions(command: Command): Command {
  return command
    .option(
      '-i, --includes <part>',
      "instrument files with this in their path; '*' for all; repeatable",
      collect,
    )
    .option(
      '-e, --excludes <part>',
      'leave files with this in their path alone; repeatable (default: node_modules)',
      collect,
    )
    .option('-f, --fuzz-entry-point <name>', 'exported function to call', 'fuzz')
    .option('-h, --custom-hooks <file>', 'module that registers hooks with Jazzer.js; repeatable', collect)
    .option(
      '--disable-bug-detectors <pattern>',
      "detectors to leave out, by regular expression; '.*' for all; repeatable",
      patternList,
    )
    .helpOption('--help', 'display help for command');
}

export const engineOptionsOf = (options: TargetOptions): EngineOptions => ({
  fuzzEntryPoint: options.fuzzEntryPoint,
  customHooks: options.customHooks ?? [],
  disableBugDetectors: options.disableBugDetectors ?? [],
});

export const filterOf = ({ includes, excludes }: TargetOptions): Partial<Filter> => ({
  ...(includes && { include: includes }),
  ...(excludes && { exclude: excludes }),
});

/** The same options as words, for a command that loads the target in the same way. */
export const targetWords = (options: TargetOptions): string[] => [
  ...each('-i', options.includes),
  ...each('-e', options.excludes),
  ...(options.fuzzEntryPoint === 'fuzz' ? [] : ['-f', options.fuzzEntryPoint]),
  ...each('-h', options.customHooks),
  ...each('--disable-bug-detectors', options.disableBugDetectors),
];

const each = (name: string, values: readonly string[] = []): string[] => values.flatMap((one) => [name, one]);
