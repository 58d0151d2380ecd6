import type { CallTexts } from './call-texts.ts';
import type { Lookahead } from './lookahead.ts';
import type { TracedBlock } from './traced-blocks.ts';

/** Calls that are open while a trace is read. */
export interface Activation {
  /** Index of its function; -1 of what called all others. */
  fn: number;
  /** Whether it was not called but went on: a generator, an async function. */
  isResumed: boolean;
  /** What was entered last in it. */
  last: TracedBlock | null;
  /** How far it has come in its text: what was entered last, or the end of the call that was made last. */
  at: number;
  steps: number[];
}

/** How many activations are looked at for the one that calls, or goes on. */
const LOOKED_AT = 100;

/**
 * The stack that a trace implies. The entry of a function is a call, by the innermost activation that can make it now;
 * a block of another function than the one that is running means that calls have returned.
 */
export class Activations {
  readonly #texts: CallTexts;
  readonly #lookahead: Lookahead;
  readonly #stack: Activation[] = [{ fn: -1, isResumed: false, last: null, at: 0, steps: [] }];
  /** Where in the stack the activations of a function are. */
  readonly #depths = new Map<number, number[]>();

  constructor(texts: CallTexts, lookahead: Lookahead) {
    this.#texts = texts;
    this.#lookahead = lookahead;
  }

  get top(): Activation {
    return this.#stack.at(-1)!;
  }

  get depth(): number {
    return this.#stack.length - 1;
  }

  push(fn: number, isResumed: boolean): void {
    const depths = this.#depths.get(fn);
    if (depths === undefined) this.#depths.set(fn, [this.#stack.length]);
    else depths.push(this.#stack.length);
    this.#stack.push({ fn, isResumed, last: null, at: 0, steps: [] });
  }

  pop(): Activation {
    const activation = this.#stack.pop()!;
    this.#depths.get(activation.fn)!.pop();
    return activation;
  }

  /** The block that the running activation has come to. */
  enter(block: TracedBlock): void {
    this.top.last = block;
    this.top.at = block.isEntry ? 0 : (block.text?.site.start ?? 0);
  }

  /**
   * How deep the activation is that calls a function: the innermost one whose text names it, or else the innermost
   * one that may call what it is given, or else whoever calls all of it.
   */
  callerOf(fn: number): number {
    if (this.#texts.isImplicit(fn)) return this.depth;
    return this.#callerOf(fn);
  }

  /** How deep the activation is in which something goes on that was not called: a generator, an async function. */
  resumer(): number {
    return this.#callerOf(null);
  }

  /** @param fn null for something that no text names */
  #callerOf(fn: number | null): number {
    let possible: { depth: number; end: number } | null = null;
    for (let depth = this.depth; depth > 0 && this.depth - depth < LOOKED_AT; depth--) {
      const { last, at } = this.#stack[depth]!;
      if (last?.text === undefined) return this.#calls(possible ?? { depth, end: at });
      const found = this.#texts.callOf(fn, last.text, at);
      if (found?.isNamed) return this.#calls({ depth, end: found.end });
      if (found !== null) possible ??= { depth, end: found.end };
      if (this.#mustStay(depth)) return this.#calls(possible ?? { depth, end: at });
    }
    if (possible !== null) return this.#calls(possible);
    return this.depth < LOOKED_AT ? 0 : this.depth;
  }

  /** Whether the rest of the trace goes on in an activation, which has not returned then. */
  #mustStay(depth: number): boolean {
    const { fn, last } = this.#stack[depth]!;
    if (last?.text?.suspends !== false) return false;
    const block = this.#lookahead.goesOn(fn);
    return block !== null && this.depthOf(block) === depth;
  }

  #calls({ depth, end }: { depth: number; end: number }): number {
    this.#stack[depth]!.at = end;
    return depth;
  }

  /** How deep the activation is that has evaluated parameters, and goes on with a block; -1 where none has. */
  beginningOf(block: TracedBlock): number {
    const depth = this.#depths.get(block.fn)?.at(-1) ?? -1;
    const activation = this.#stack[depth];
    if (!activation?.last?.text?.isParameter) return -1;
    return block.isEntry || canComeTo(block, activation) ? depth : -1;
  }

  /**
   * How deep the activation is that a block belongs to: the innermost one of its function that can come to it now, or
   * else the innermost one.
   *
   * @returns -1 where none is open
   */
  depthOf(block: TracedBlock): number {
    const depths = this.#depths.get(block.fn) ?? [];
    const last = depths.length - 1;
    if (last === -1) return -1;
    for (let i = last; i >= 0 && last - i < LOOKED_AT; i--)
      if (canComeTo(block, this.#stack[depths[i]!]!)) return depths[i]!;
    return depths[last]!;
  }
}

/** Execution goes back in the text only to the head of a loop or its body, and only from within the outermost loop. */
function canComeTo({ pc, text }: TracedBlock, { last, at }: Activation): boolean {
  if (last === null || text === undefined) return true;
  const { start, loop, isHead, decision } = text.site;
  if (pc !== last.pc && start >= at) return true;
  return (isHead || decision?.kind === 'loop') && loop === last.text?.site.loop;
}
