import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from '@babel/core';
import { Counters } from '../../../harness/feedback/counters.ts';
import type { Literals } from '../../../harness/feedback/hints/dictionary.ts';
import { Hints } from '../../../harness/feedback/hints/hints.ts';
import { ComparisonLog } from '../../../harness/feedback/hints/log.ts';
import { Random } from '../../../harness/feedback/hints/random.ts';
import { Descriptor } from '../../../harness/kcov/descriptor.ts';
import { KCOV_MODE_TRACE_CMP, KCOV_MODE_TRACE_PC } from '../../../src/abi/kcov.ts';
import { literalsOf } from '../../../src/instrument/literals.ts';
import { kldstat } from '../../../src/user.ts';
import { instrumented, kernel } from '../../kcov/helpers.ts';
import { mutate } from './mutate.ts';

export const PUZZLES = join(import.meta.dirname, '../../fixtures/puzzles');

export interface Puzzle {
  fuzz: (data: Buffer) => unknown;
  literals: Literals;
}

let loaded = 0;

/** Compiles a puzzle as the loader does. */
export function load(path: string): Puzzle {
  const source = readFileSync(path, 'utf8');
  const wrapped = `(function (exports) {${source}\n})`;
  // Each gets text of its own, so that the coverage of one solving is not that of another.
  const body = instrumented<(exports: object) => void>(wrapped, `${path}.${loaded++}.cjs`);
  const exports = {} as { fuzz: Puzzle['fuzz'] };
  body(exports);
  return { fuzz: exports.fuzz, literals: literals(source) };
}

function literals(source: string): Literals {
  const { program } = parseSync(source, { configFile: false, babelrc: false, sourceType: 'script' })!;
  const { literals: strings, numbers } = literalsOf(program, source);
  return { strings: [...strings], numbers: [...numbers] };
}

export interface SolveOptions {
  seed?: number;
  /** Executions, those for comparisons included. */
  runs?: number;
  /** Whether the hints know the literals of the source. */
  literals?: boolean;
  hints?: boolean;
}

/**
 * Fuzzes a puzzle from an empty corpus with plain mutations, coverage and hints.
 *
 * @returns the executions that it took, or null where these did not solve it
 */
export function solve(puzzle: Puzzle, options: SolveOptions = {}): number | null {
  const loop = new Loop(puzzle, options);
  try {
    return loop.run(options.runs ?? 50_000);
  } finally {
    loop.close();
  }
}

/** Inputs that are run for their comparisons though they reach nothing new: one in so many. */
const NOW_AND_THEN = 64;

class Loop {
  readonly #puzzle: Puzzle;
  readonly #descriptor = new Descriptor(1 << 16);
  readonly #regions: Buffer[] = [];
  readonly #counters: Counters;
  readonly #random: Random;
  readonly #hints: Hints | null;
  readonly #log = new ComparisonLog();
  readonly #corpus: Uint8Array[] = [new Uint8Array()];
  #executions = 0;

  constructor(puzzle: Puzzle, { seed = 1, literals = false, hints = true }: SolveOptions) {
    this.#puzzle = puzzle;
    this.#counters = new Counters((region) => this.#regions.push(region), kldstat);
    this.#random = new Random(seed);
    this.#hints = hints
      ? new Hints({ seed, ...(literals ? { literals: puzzle.literals } : {}), maxLength: 4096 })
      : null;
  }

  run(most: number): number | null {
    let input = this.#corpus[0]!;
    while (this.#executions < most) {
      if (this.#step(input)) return this.#executions;
      input =
        this.#hints?.next() ??
        mutate(this.#random.pick(this.#corpus), this.#random.pick(this.#corpus), this.#random);
    }
    return null;
  }

  close(): void {
    this.#descriptor.close();
  }

  #step(input: Uint8Array): boolean {
    for (const region of this.#regions) region.fill(0);
    if (this.#execute(input, KCOV_MODE_TRACE_PC)) return true;
    this.#counters.begin();
    this.#counters.count(this.#descriptor.words);
    const isNew = this.#counters.publish() && this.#counters.settle();
    if (isNew) this.#corpus.push(input);
    if (this.#hints === null) return false;
    if (!this.#hints.ran(input, { isNew }) && !this.#random.oneIn(NOW_AND_THEN)) return false;
    this.#log.clear();
    kernel().hooks = this.#log;
    this.#execute(input, KCOV_MODE_TRACE_CMP);
    kernel().hooks = null;
    this.#log.numbers(this.#descriptor.words);
    this.#hints.learn(input, this.#log, { isNew });
    return false;
  }

  #execute(input: Uint8Array, mode: number): boolean {
    this.#executions++;
    this.#descriptor.reset();
    this.#descriptor.enable(mode);
    try {
      this.#puzzle.fuzz(Buffer.from(input));
    } catch (error) {
      if ((error as Error).message === 'solved') return true;
      throw new Error('a puzzle failed', { cause: error });
    } finally {
      this.#descriptor.disable();
    }
    return false;
  }
}
