import { type AST, RegExpParser } from '@eslint-community/regexpp';
import { CharacterPool } from './character-pool.ts';
import type { Random } from './random.ts';

/** Makes one string that should match, or null where this attempt came to nothing. */
export type Sampler = (random: Random) => string | null;

/** Longest sample, in characters. */
const MAX_SAMPLE = 1024;
/** Nodes of the syntax tree that one sample may visit. */
const MAX_STEPS = 4096;
/** Repetitions beyond the least number. */
const MAX_MORE = 3;
/** A sample is checked where backtracking cannot take more steps than about this. */
const MAX_CHECK = 1e6;

class TooLong extends Error {}

/** Null where the pattern is none. */
export function patternSampler(source: string, flags: string): Sampler | null {
  const parser = new RegExpParser({ ecmaVersion: 2025 });
  let pattern: AST.Pattern;
  let check: (sample: string) => boolean;
  try {
    pattern = parser.parsePattern(source, 0, source.length, {
      unicode: flags.includes('u'),
      unicodeSets: flags.includes('v'),
    });
    check = checkOf(pattern, source, flags);
  } catch {
    return null;
  }
  const pool = new CharacterPool(flags);
  return (random) => {
    try {
      const sample = new Sample(random, pool).pattern(pattern);
      return inContext(sample).find(check) ?? null;
    } catch (error) {
      if (error instanceof TooLong) return null;
      throw error;
    }
  };
}

/** A sample, and with something beside it, which the edges of words and what looks around may want. */
const inContext = (sample: string): string[] => [
  sample,
  ...['a', ' '].flatMap((beside) => [sample + beside, beside + sample, beside + sample + beside]),
];

/** One walk over the syntax tree. */
class Sample {
  readonly #random: Random;
  readonly #pool: CharacterPool;
  readonly #groups = new Map<AST.CapturingGroup, string>();
  #steps = 0;

  constructor(random: Random, pool: CharacterPool) {
    this.#random = random;
    this.#pool = pool;
  }

  pattern(pattern: AST.Pattern): string {
    return this.#alternatives(pattern.alternatives);
  }

  #alternatives(alternatives: readonly AST.Alternative[]): string {
    return this.#sequence(this.#random.pick(alternatives).elements);
  }

  /** What a lookahead wants is written over what follows it. */
  #sequence(elements: readonly AST.Element[]): string {
    let made = '';
    const ahead: { at: number; wanted: string }[] = [];
    for (const element of elements) {
      if (element.type === 'Assertion') {
        if (!('alternatives' in element) || element.negate) continue;
        const wanted = this.#alternatives(element.alternatives);
        if (element.kind === 'lookahead') ahead.push({ at: made.length, wanted });
        else if (!made.endsWith(wanted)) made += wanted;
      } else made += this.#element(element);
      if (made.length > MAX_SAMPLE) throw new TooLong();
    }
    for (const { at, wanted } of ahead) made = this.#overlay(made, at, wanted);
    return made;
  }

  /** `(?=.*x)` may have its x anywhere, and several such share the room: the place is tried, not computed. */
  #overlay(made: string, at: number, wanted: string): string {
    const room = made.length - at;
    const from = Math.max(0, wanted.length - room);
    const kept = room > 0 ? wanted.slice(from) : wanted;
    const place =
      room > kept.length && this.#random.oneIn(2) ? this.#random.below(room - kept.length + 1) : 0;
    return made.slice(0, at + place) + kept + made.slice(at + place + kept.length);
  }

  #element(element: Exclude<AST.Element, AST.Assertion>): string {
    if (++this.#steps > MAX_STEPS) throw new TooLong();
    switch (element.type) {
      case 'Group':
        return this.#alternatives(element.alternatives);
      case 'CapturingGroup': {
        const made = this.#alternatives(element.alternatives);
        this.#groups.set(element, made);
        return made;
      }
      case 'Quantifier':
        return this.#repeat(element);
      case 'Backreference': {
        const groups = Array.isArray(element.resolved) ? element.resolved : [element.resolved];
        return groups.map((group) => this.#groups.get(group) ?? '').join('');
      }
      case 'Character':
        return String.fromCodePoint(element.value);
      case 'CharacterSet':
      case 'CharacterClass':
      case 'ExpressionCharacterClass':
        return this.#pool.pick(element, this.#random) ?? this.#giveUp();
    }
  }

  #repeat({ min, max, element }: AST.Quantifier): string {
    if (element.type === 'Assertion') return '';
    const more = Math.min(max - min, MAX_MORE);
    let times = min + (this.#random.oneIn(2) ? Math.min(1, more) : this.#random.below(more + 1));
    // Something of an optional part shows more than nothing of it, mostly.
    if (times === 0 && max > 0 && !this.#random.oneIn(3)) times = 1;
    let made = '';
    for (let i = 0; i < times; i++) {
      made += this.#element(element);
      if (made.length > MAX_SAMPLE) throw new TooLong();
    }
    return made;
  }

  #giveUp(): never {
    throw new TooLong();
  }
}

/**
 * A check of samples by a copy of the expression. Only what looks around needs one: the rest matches by the way in
 * which it is made. Where backtracking could run away on a sample, the sample is taken as it is.
 */
function checkOf(pattern: AST.Pattern, source: string, flags: string): (sample: string) => boolean {
  const { asserts, loops, nested } = shapeOf(pattern);
  const copy = new RegExp(source, flags.replace(/[gyd]/g, ''));
  if (!asserts) return () => true;
  return (sample) => {
    const steps = nested ? 4 ** sample.length : (sample.length + 1) ** (loops + 1);
    return steps > MAX_CHECK || copy.test(sample);
  };
}

/** What of a pattern decides about the cost of matching, and whether a match has to be checked. */
function shapeOf(pattern: AST.Pattern): { asserts: boolean; loops: number; nested: boolean } {
  const shape = { asserts: false, loops: 0, nested: false };
  const visit = (node: AST.Node, inLoop: boolean): void => {
    if (node.type === 'Assertion') {
      if (node.kind !== 'start' && node.kind !== 'end') shape.asserts = true;
      if ('alternatives' in node) for (const one of node.alternatives) visit(one, inLoop);
    } else if (node.type === 'Quantifier') {
      const varies = node.max > node.min;
      if (varies && inLoop) shape.nested = true;
      if (varies) shape.loops++;
      visit(node.element, inLoop || node.max > 1);
    } else if (node.type === 'Pattern' || node.type === 'Group' || node.type === 'CapturingGroup') {
      if (inLoop && node.alternatives.length > 1) shape.nested = true;
      for (const one of node.alternatives) visit(one, inLoop);
    } else if (node.type === 'Alternative') for (const one of node.elements) visit(one, inLoop);
    else if (node.type === 'Backreference') shape.loops++;
  };
  visit(pattern, false);
  return shape;
}
