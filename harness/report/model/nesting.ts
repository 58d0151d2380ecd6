import type { Range as Location } from 'istanbul-lib-coverage';

type Place = Location['start'];

const compare = (a: Place, b: Place): number => a.line - b.line || a.column - b.column;

/** Ranges of text of which one lies in the other or beside it. */
export class Nesting<T extends { loc: Location }> {
  /** By their starts; and, for each, the index of the range around it, or -1. */
  readonly #sorted: readonly T[];
  readonly #around: number[] = [];

  constructor(ranges: readonly T[]) {
    this.#sorted = [...ranges].sort(
      ({ loc: a }, { loc: b }) => compare(a.start, b.start) || compare(b.end, a.end),
    );
    const open: number[] = [];
    this.#sorted.forEach(({ loc }, i) => {
      while (open.length > 0 && compare(this.#sorted[open.at(-1)!]!.loc.end, loc.start) <= 0) open.pop();
      this.#around.push(open.at(-1) ?? -1);
      open.push(i);
    });
  }

  /** The range around a place that begins last. */
  innermost(place: Place): T | undefined {
    let [low, high] = [0, this.#sorted.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compare(this.#sorted[middle]!.loc.start, place) <= 0) low = middle + 1;
      else high = middle;
    }
    let i = low - 1;
    while (i !== -1 && i !== undefined && compare(this.#sorted[i]!.loc.end, place) <= 0) i = this.#around[i]!;
    return this.#sorted[i];
  }
}
