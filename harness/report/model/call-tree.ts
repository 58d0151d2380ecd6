import type { Call, Step, TraceFunction } from '../page/data.ts';
import { type Activation, Activations } from './activations.ts';
import { CallTexts } from './call-texts.ts';
import { Folds } from './fold.ts';
import { begins, Lookahead } from './lookahead.ts';
import type { TracedBlocks } from './traced-blocks.ts';

/** Calls that are shown in each other. */
const DEEPEST = 1000;

export interface Tree {
  steps: Step[];
  /** Whether calls are left out that are nested deeper. */
  isCut: boolean;
}

export const TOO_DEEP = `calls nested deeper than ${DEEPEST} are left out`;

/**
 * Call trees of traces. Equal calls are one, in all traces that are given to it.
 *
 * While it is read, a step is a number: a line doubled, or the index of a call, doubled and one more.
 */
export class CallTrees {
  readonly functions: TraceFunction[] = [];
  readonly calls: Call[] = [];
  readonly #blocks: TracedBlocks;
  readonly #texts: CallTexts;
  readonly #folds = new Folds();
  readonly #callIndices = new Map<string, number>();
  readonly #functionIndices = new Map<string, number>();

  constructor(blocks: TracedBlocks, texts = new CallTexts(blocks)) {
    this.#blocks = blocks;
    this.#texts = texts;
  }

  /** @param pcs in the order in which they were reached */
  read(pcs: Uint32Array): Tree {
    const blocks = Array.from(pcs, (pc) => this.#blocks.at(pc)).filter((block) => block !== null);
    const lookahead = new Lookahead(blocks);
    const open = new Activations(this.#texts, lookahead);
    let isCut = false;
    for (const [i, block] of blocks.entries()) {
      const isCall = begins(block);
      const own = isCall ? open.beginningOf(block) : open.depthOf(block);
      const depth = own !== -1 ? own : isCall ? open.callerOf(block.fn) : open.resumer();
      while (open.depth > depth) this.#leave(open);
      if (own === -1) open.push(block.fn, !isCall);
      open.enter(block);
      lookahead.pass(i);
      if (!block.isEntry) addLine(open.top.steps, block.line);
      isCut ||= open.depth > DEEPEST;
    }
    while (open.depth > 0) this.#leave(open);
    return { steps: this.#stepsOf(this.#folds.fold(open.top.steps)), isCut };
  }

  #leave(open: Activations): void {
    const isShown = open.depth <= DEEPEST;
    const call = open.pop();
    if (isShown) open.top.steps.push(this.#callIndex(call) * 2 + 1);
  }

  #callIndex({ fn, isResumed, steps }: Activation): number {
    const folded = this.#folds.fold(steps);
    const key = `${fn} ${isResumed} ${folded.join(' ')}`;
    const known = this.#callIndices.get(key);
    if (known !== undefined) return known;
    const index =
      this.calls.push({ fn: this.#functionIndex(fn, isResumed), steps: this.#stepsOf(folded) }) - 1;
    this.#callIndices.set(key, index);
    return index;
  }

  #functionIndex(fn: number, isResumed: boolean): number {
    const key = `${fn} ${isResumed}`;
    const known = this.#functionIndices.get(key);
    if (known !== undefined) return known;
    const found = this.#blocks.function(fn);
    const index = this.functions.push(isResumed ? { ...found, name: `${found.name} (resumed)` } : found) - 1;
    this.#functionIndices.set(key, index);
    return index;
  }

  #stepsOf(numbers: readonly number[]): Step[] {
    return numbers.map((number) => {
      if (number < 0) {
        const { times, steps } = this.#folds.at(number);
        return { times, steps: this.#stepsOf(steps) };
      }
      return number % 2 === 0 ? number / 2 : { call: (number - 1) / 2 };
    });
  }
}

function addLine(steps: number[], line: number): void {
  if (steps.at(-1) !== line * 2) steps.push(line * 2);
}
