import { createHash } from 'node:crypto';
import type { Executes } from '../executor/executed.ts';
import { titleOf } from '../findings/title.ts';
import { isSimpler } from './simpler.ts';

/** When a search ends, whatever it has found. */
export interface Bounds {
  /** Milliseconds from now; an execution that has begun may outlast them. */
  readonly milliseconds: number;
  readonly executions: number;
  readonly signal?: AbortSignal;
  /** Called with each smaller input, and with the executions that it took so far. */
  readonly onSmaller?: (bytes: number, executions: number) => void;
}

/** Executions at the end, by which the result is seen to fail in the same way. */
export const CHECKS = 2;

/** Candidates that are remembered, so that none is run twice: about 10 MB. */
const MAX_SEEN = 1 << 18;

/** The smallest input so far that fails in one way, and what was tried. */
export class Trial {
  best: Uint8Array;
  executions = 0;
  readonly #key: string;
  readonly #executor: Executes;
  readonly #bounds: Bounds;
  readonly #deadline: number;
  readonly #seen = new Set<number>();
  /** Milliseconds that an execution takes which fails in this way, as far as was seen. */
  #cost = 0;

  /** @param key of the title that is kept */
  constructor(original: Uint8Array, key: string, executor: Executes, bounds: Bounds) {
    this.best = original;
    this.#key = key;
    this.#executor = executor;
    this.#bounds = bounds;
    this.#deadline = performance.now() + bounds.milliseconds;
  }

  /** Whether what is left is only enough for the checks. */
  get isOver(): boolean {
    return (
      this.#bounds.signal?.aborted === true ||
      this.executions + CHECKS >= this.#bounds.executions ||
      performance.now() + CHECKS * this.#cost >= this.#deadline
    );
  }

  /** Whether a candidate is simpler and fails in the same way; it is the best then. None is run twice. */
  async attempt(candidate: Uint8Array): Promise<boolean> {
    if (this.isOver || !isSimpler(candidate, this.best) || this.#wasSeen(candidate)) return false;
    if (!(await this.fails(candidate))) return false;
    this.best = candidate;
    this.#bounds.onSmaller?.(candidate.length, this.executions);
    return true;
  }

  /**
   * Runs an input, and says whether it fails in the same way.
   *
   * @param fresh where no other has run before
   */
  async fails(input: Uint8Array, { fresh = false } = {}): Promise<boolean> {
    this.executions++;
    const { fault, milliseconds } = await this.#executor.execute(input, { fresh });
    if (fault === null || titleOf(fault).key !== this.#key) return false;
    this.#cost = Math.max(this.#cost, milliseconds);
    return true;
  }

  #wasSeen(candidate: Uint8Array): boolean {
    const id = createHash('sha1').update(candidate).digest().readUIntBE(0, 6);
    if (this.#seen.has(id)) return true;
    this.#seen.add(id);
    if (this.#seen.size > MAX_SEEN) {
      const [oldest] = this.#seen;
      this.#seen.delete(oldest!);
    }
    return false;
  }
}
