import type { ComparedOperand, ComparedPair } from './executed.ts';

/** Pairs that are kept of one PC. */
export const CLOSEST = 3;

/** The closest pairs that one PC has compared, each once; of equally close ones the first. */
export class Closest {
  readonly #pairs: ComparedPair[] = [];

  get pairs(): readonly ComparedPair[] {
    return this.#pairs;
  }

  /** Whether a pair of this distance could be among them. */
  takes(distance: number): boolean {
    return this.#pairs.length < CLOSEST || distance < this.#pairs.at(-1)!.distance;
  }

  add(pair: ComparedPair): void {
    if (this.#pairs.some((other) => isSamePair(other, pair))) return;
    const at = this.#pairs.findIndex(({ distance }) => pair.distance < distance);
    this.#pairs.splice(at === -1 ? this.#pairs.length : at, 0, pair);
    this.#pairs.length = Math.min(this.#pairs.length, CLOSEST);
  }
}

export const isSamePair = (a: ComparedPair, b: ComparedPair): boolean =>
  a.distance === b.distance && isSame(a.left, b.left) && isSame(a.right, b.right);

function isSame({ value: a }: ComparedOperand, { value: b }: ComparedOperand): boolean {
  return a instanceof Uint8Array && b instanceof Uint8Array ? Buffer.compare(a, b) === 0 : Object.is(a, b);
}
