import { textOffset } from '../../../src/abi/text.ts';
import { CLOSEST, isSamePair } from '../../executor/closest.ts';
import type { PcCompares } from '../../executor/executed.ts';
import type { Compared } from './measured.ts';

/** A pair, and its place among those of its input. */
interface Ranked extends Compared {
  place: number;
}

/** The closest pairs that any input has compared, by the offset of the PC. Inputs may be added in any order. */
export class ClosestOfAll {
  readonly #sites = new Map<number, Ranked[]>();

  add(input: number, compares: readonly PcCompares[]): void {
    for (const { pc, pairs } of compares) {
      const site = this.#sites.get(textOffset(pc)) ?? [];
      this.#sites.set(textOffset(pc), site);
      for (const [place, pair] of pairs.entries()) insert(site, { ...pair, input, place });
    }
  }

  all(): Map<number, readonly Compared[]> {
    const sorted = [...this.#sites].sort(([a], [b]) => a - b);
    return new Map(sorted.map(([pc, site]) => [pc, site.map(({ place: _, ...pair }) => pair)]));
  }
}

const before = (a: Ranked, b: Ranked): number =>
  (a.distance === b.distance ? 0 : a.distance - b.distance) || a.input - b.input || a.place - b.place;

function insert(site: Ranked[], pair: Ranked): void {
  const last = site.at(-1);
  if (site.length === CLOSEST && before(last!, pair) < 0) return;
  const same = site.findIndex((other) => isSamePair(other, pair));
  if (same === -1) site.push(pair);
  else if (before(pair, site[same]!) < 0) site[same] = pair;
  site.sort(before).splice(CLOSEST);
}
