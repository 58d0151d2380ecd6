import { textOffset } from '../../../src/abi/text.ts';
import type { Site } from '../../../src/instrument/sites.ts';
import { type Reached, SMALLEST } from '../measure/measured.ts';
import type { Source } from './source.ts';

const NOTHING: Reached = { hits: 0, inputs: 0, smallest: [] };

/** What was reached, by the sites of the sources. */
export class Reach {
  readonly #pcs: ReadonlyMap<number, Reached>;

  constructor(pcs: ReadonlyMap<number, Reached>) {
    this.#pcs = pcs;
  }

  of({ analysis }: Source, site: Site): Reached {
    return this.#pcs.get(textOffset(analysis.pcOf(site))) ?? NOTHING;
  }

  hits(source: Source, site: Site): number {
    return this.of(source, site).hits;
  }
}

/**
 * What several blocks together stand for: the sum of their hits, and the smallest inputs of all of them. The number of
 * inputs is that of the block that most of them reach, a lower bound where there are several.
 */
export function together(all: readonly Reached[]): Reached {
  if (all.length === 1) return all[0]!;
  const smallest = [...new Set(all.flatMap((one) => one.smallest))].sort((a, b) => a - b).slice(0, SMALLEST);
  return {
    hits: all.reduce((sum, { hits }) => sum + hits, 0),
    inputs: Math.max(0, ...all.map(({ inputs }) => inputs)),
    smallest,
  };
}
