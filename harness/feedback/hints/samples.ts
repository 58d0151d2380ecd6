import { patternSampler, type Sampler } from './pattern.ts';
import type { Random } from './random.ts';

const MAX_PATTERNS = 1024;
/** Attempts at each: what looks around is met by trying. */
const ATTEMPTS = 16;

/** Strings that match regular expressions, made once for each of them. */
export class Samples {
  readonly #random: Random;
  readonly #known = new Map<string, readonly string[]>();

  constructor(random: Random) {
    this.#random = random;
  }

  /** Up to `count` different ones, short ones first; none where the pattern is not understood. */
  of(source: string, flags: string, count: number): readonly string[] {
    const key = `${flags}/${source}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#known.size >= MAX_PATTERNS) this.#known.clear();
    const samples = this.#make(patternSampler(source, flags), count);
    this.#known.set(key, samples);
    return samples;
  }

  #make(sampler: Sampler | null, count: number): string[] {
    const samples = new Set<string>();
    for (let i = 0; sampler !== null && i < count * ATTEMPTS && samples.size < count; i++) {
      const sample = sampler(this.#random);
      if (sample !== null) samples.add(sample);
    }
    return [...samples].sort((a, b) => a.length - b.length);
  }
}
