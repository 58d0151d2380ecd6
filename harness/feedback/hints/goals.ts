import type { LoggedSite, NumberCompare } from './log.ts';
import { arrayBytes } from './numbers.ts';
import { bytes, type Goal, type NumberOperand, number, type Size, text } from './operand.ts';
import type { Samples } from './samples.ts';

/** A goal, and how much is to be hoped of it. */
export interface RankedGoal extends Goal {
  readonly rank: Rank;
  /** Less likely to be wanted as it is: one more or less, for an order, or steps of which each may be for itself. */
  readonly isGuess?: boolean;
}

/**
 * What is tried first: what goes on from progress; then a constant, which is what is wanted, what somebody
 * asks for, and variables, of which either may be; then what is put where nothing was found; then the rest.
 */
export const FOLLOW = 0;
export const CONSTANT = 1;
export const ASKED = 2;
export const VARIABLE = 3;
export const TOKEN = 4;
export const REST = 5;
export type Rank =
  | typeof FOLLOW
  | typeof CONSTANT
  | typeof VARIABLE
  | typeof TOKEN
  | typeof REST
  | typeof ASKED;

/** Ways in which the steps of a loop are one comparison of longer operands. */
const MAX_SEGMENTS = 16;
/** Strings that are tried for one regular expression. */
const SAMPLES = 8;

/** The goals of what a site compared, the best first. */
export function* goalsOf(site: LoggedSite, samples: Samples): Generator<RankedGoal> {
  const counts = isCounter(site.sequence);
  if (!counts) yield* joined(site);
  for (const { relation, arg1, arg2 } of site.memory) {
    if (relation === 'contains') yield { seen: arg1, wanted: arg2, relation, rank: CONSTANT };
    else {
      yield { seen: arg2, wanted: arg1, relation, rank: site.constant ? CONSTANT : VARIABLE };
      if (!site.constant) yield { seen: arg1, wanted: arg2, relation, rank: VARIABLE };
    }
  }
  for (const { source, flags, subject } of site.patterns)
    for (const sample of samples.of(source, flags, SAMPLES))
      yield { seen: text(subject), wanted: text(sample), relation: 'equals', rank: CONSTANT };
  if (counts) {
    // The end of a loop may come from the input, the steps do not.
    yield* ofNumbers(site.sequence.at(-1)!, 0n, REST);
    return;
  }
  for (const compare of site.numbers) yield* ofNumbers(compare, 0n);
  for (const compare of site.numbers) {
    yield* ofNumbers(compare, 1n);
    yield* ofNumbers(compare, -1n);
  }
}

/** @param off what is added to the wanted one: an order asks for more or less than the other side */
function* ofNumbers(
  { constant, arg1, arg2 }: NumberCompare,
  off: bigint,
  rank: Rank = constant && off === 0n ? CONSTANT : VARIABLE,
): Generator<RankedGoal> {
  const isGuess = off !== 0n;
  yield { seen: arg2, wanted: moved(arg1, off), relation: 'equals', rank, isGuess };
  if (!constant) yield { seen: arg1, wanted: moved(arg2, off), relation: 'equals', rank, isGuess };
}

const moved = ({ word, size }: NumberOperand, off: bigint): NumberOperand =>
  number(BigInt.asUintN(8 * size, word + off), size);

/** Whether a loop counts here: one side stays, and the other goes on by one each time. */
function isCounter(sequence: readonly NumberCompare[]): boolean {
  if (sequence.length < 2) return false;
  const counts = (counter: 'arg1' | 'arg2', end: 'arg1' | 'arg2'): boolean => {
    const step = sequence[1]![counter].word - sequence[0]![counter].word;
    if (step !== 1n && step !== -1n) return false;
    return sequence.every(
      (compare, i) =>
        i === 0 ||
        (compare[counter].word - sequence[i - 1]![counter].word === step &&
          compare[end].word === sequence[0]![end].word),
    );
  };
  return counts('arg1', 'arg2') || counts('arg2', 'arg1');
}

/**
 * A loop over bytes, characters or words compares one long operand with another: all that it compared, and each
 * stretch that held up to the step that did not. So a byte is found among all the others that are like it.
 */
function* joined({ sequence }: LoggedSite): Generator<RankedGoal> {
  if (sequence.length < 2) return;
  yield* ofStretch(sequence);
  let start = 0;
  let segments = 0;
  for (let i = 0; i < sequence.length && segments < MAX_SEGMENTS; i++) {
    if (isMet(sequence[i]!)) continue;
    if (i > start && (start > 0 || i < sequence.length - 1)) {
      segments++;
      yield* ofStretch(sequence.slice(start, i + 1));
    }
    start = i + 1;
  }
}

export const isMet = ({ arg1, arg2 }: NumberCompare): boolean => arg1.word === arg2.word;

function* ofStretch(stretch: readonly NumberCompare[]): Generator<RankedGoal> {
  if (stretch.every(isMet)) return;
  const constant = stretch.every((compare) => compare.constant);
  const size = Math.max(...stretch.map(({ arg1 }) => arg1.size)) as Size;
  const rank = constant ? CONSTANT : VARIABLE;
  // One value that is compared with many is no loop over an operand.
  const isGuess = stretch.every(({ arg2 }) => arg2.word === stretch[0]!.arg2.word);
  for (const little of size === 1 ? [true] : [true, false]) {
    const join = (side: 'arg1' | 'arg2') =>
      bytes(
        arrayBytes(
          stretch.map((compare) => compare[side].word),
          size,
          little,
        ),
      );
    const [a, b] = [join('arg1'), join('arg2')];
    yield { seen: b, wanted: a, relation: 'equals', rank, isGuess };
    if (!constant) yield { seen: a, wanted: b, relation: 'equals', rank, isGuess };
  }
}
