import type { TestOptions } from 'vitest';
import { closest } from '../near-word.ts';
import type { Declaration } from './misuse.ts';

/**
 * What vitest knows of any test, and what a fuzz test adds. There is no `fails`: which of a fuzz test's inputs fail is
 * what it is there to find out. An input that is known to fail belongs into a test of its own, with `test.fails`.
 */
export interface FuzzOptions extends Omit<TestOptions, 'fails'> {
  /**
   * Folders of inputs, or inputs; relative to the test file. What is found is put into `regressions` in the first one.
   * Without it `corpus/<file>/<name>` beside the test file, which need not be there.
   */
  corpus?: string | readonly string[];
  /** Seconds of fuzzing. */
  maxTime?: number;
  /** Executions after which fuzzing ends. */
  runs?: number;
  /** Words that inputs are made of, or a file of them as AFL++ and libFuzzer read it; relative to the test file. */
  dictionary?: string | readonly string[];
  /** Bytes that an input has at most. */
  maxLength?: number;
  /** Parts of the paths of files that are instrumented, `*` for all; without either everything but node_modules. */
  includes?: readonly string[];
  excludes?: readonly string[];
  /** Names of bug detectors that are left out, as regular expressions. */
  disableBugDetectors?: readonly string[];
}

type Ours = Exclude<keyof FuzzOptions, keyof TestOptions>;

/** What a value has to be, and how that is said. */
interface Rule {
  holds(value: unknown): boolean;
  what: string;
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const areTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
const atLeast = (least: number, what: string): Rule => ({
  holds: (value) => Number.isSafeInteger(value) && (value as number) >= least,
  what,
});
const text: Rule = { holds: isText, what: 'a string' };
const texts: Rule = { holds: areTexts, what: 'a list of strings' };
const either = (a: Rule, b: Rule): Rule => ({
  holds: (value) => a.holds(value) || b.holds(value),
  what: `${a.what} or ${b.what}`,
});

const RULES: Record<Ours, Rule> = {
  corpus: {
    holds: (value) => isText(value) || (areTexts(value) && (value as []).length > 0),
    what: 'a path or a list of paths',
  },
  maxTime: atLeast(1, 'a whole number of seconds, 1 or more'),
  runs: atLeast(0, 'a whole number of executions'),
  dictionary: either({ ...text, what: 'the path of a file' }, texts),
  maxLength: atLeast(1, 'a whole number of bytes, 1 or more'),
  includes: texts,
  excludes: texts,
  disableBugDetectors: texts,
};

/** Of vitest 4 and 5, for tests and for suites. */
const VITESTS = [
  ...['timeout', 'retry', 'repeats', 'concurrent', 'sequential', 'shuffle'],
  ...['skip', 'only', 'todo', 'tags', 'meta'],
];

const NAMES: readonly string[] = [...Object.keys(RULES), ...VITESTS];

/**
 * Vitest takes options in front of the function or behind it, where they may be a time-out, and so do we.
 *
 * @throws {UsageError} where there is no function, or an option that is none
 */
export function inOrder<F extends (...args: never[]) => unknown>(
  declaration: Declaration,
  a: unknown,
  b: unknown,
): { target: F; options: FuzzOptions } {
  const [target, second] = typeof a === 'function' ? [a, b] : [b, a];
  if (typeof target !== 'function') throw declaration.misuse('it needs a function to call with each input');
  const options = typeof second === 'number' ? { timeout: second } : second;
  return { target: target as F, options: checked(options, declaration) };
}

/** @throws {UsageError} naming an option that is none, or what an option has to be */
export function checked(options: unknown, declaration: Declaration): FuzzOptions {
  if (options === undefined) return {};
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw declaration.misuse(`options are an object, as { maxTime: 10 }, not ${kindOf(options)}`);
  for (const [name, value] of Object.entries(options)) {
    if (!NAMES.includes(name)) throw declaration.misuse(unknownOption(name));
    const rule = RULES[name as Ours] as Rule | undefined;
    if (rule !== undefined && value !== undefined && !rule.holds(value))
      throw declaration.misuse(`${name} has to be ${rule.what}, not ${shown(value)}`);
  }
  return options as FuzzOptions;
}

function unknownOption(name: string): string {
  if (name === 'fails')
    return 'there is no option fails; an input that is known to fail is one for test.fails';
  const meant = closest(name, NAMES);
  return `there is no option ${name}${meant === undefined ? `; there are ${NAMES.join(', ')}` : `; is it ${meant}?`}`;
}

const kindOf = (value: unknown): string =>
  Array.isArray(value) ? 'a list' : value === null ? 'null' : `a ${typeof value}`;

const shown = (value: unknown): string =>
  typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? kindOf(value));

/** What vitest is to be told of a suite. */
export function suiteOptions(options: FuzzOptions): TestOptions {
  const { corpus, maxTime, runs, dictionary, maxLength, includes, excludes, disableBugDetectors, ...rest } =
    options;
  return rest;
}
