import { describe, expect, it } from 'vitest';
import { Random } from '../../../harness/feedback/hints/random.ts';
import { Samples } from '../../../harness/feedback/hints/samples.ts';

/** The lint does not know the flag v, nor that a class may be empty. */
type Pattern = Pick<RegExp, 'source' | 'flags'>;

const samples = ({ source, flags }: Pattern, seed = 1) => new Samples(new Random(seed)).of(source, flags, 8);

describe('samples match', () => {
  it.each<Pattern>([
    /^(\d{4})-(0[1-9]|1[0-2])-([0-2]\d|3[01])$/,
    /v?(\d+)\.(\d+)\.(\d+)(?:-(alpha|beta)(?:\.\d+)?)?$/,
    /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i,
    /^(["']).*\1$/s,
    /^(?<tag>\w+)>[^<>&]*<\/\k<tag>$/,
    /^(?=.*\d)(?=.*[a-z])(?=.*[A-Z]).{8,}$/,
    /^(?!admin)\w+@(?:\w+\.)+[a-z]{2,}$/,
    /(?<=\$)\d+\b/,
    /\bfoo\B/,
    /^\S+\s\W\D$/,
    /^[^a-z\s]{3}$/,
    /^\x41\u0042\t\/\[$/,
    /^\p{Lu}\p{Script=Greek}\u{1F600}$/u,
    /^a.c$/s,
    /^(?:)$/,
    /^line\nnext$/m,
    /sticky/y,
    /^(a+)+$/,
    /^x{50,60}$/,
    { source: '^[\\p{L}--[a-zA-Z]]$', flags: 'v' },
    { source: '^[\\w&&[^\\d_]]{4}$', flags: 'v' },
    { source: '^[\\q{abc|d}x]$', flags: 'v' },
  ])('%o', (pattern) => {
    const made = samples(pattern);
    expect(made.length).toBeGreaterThan(0);
    const copy = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''));
    for (const sample of made) expect(sample).toMatch(copy);
  });
});

it('they take every way through alternatives and classes in time', () => {
  const made = new Set(
    Array.from({ length: 20 }, (_, seed) => samples(/^(get|put|post) [abc]$/, seed)).flat(),
  );
  expect(made.size).toBe(9);
});

it('the same seed makes the same ones, another seed others', () => {
  expect(samples(/^\w{8}$/, 5)).toEqual(samples(/^\w{8}$/, 5));
  expect(samples(/^\w{8}$/, 5)).not.toEqual(samples(/^\w{8}$/, 6));
});

describe('a bomb', () => {
  it.each([
    // Samples that cannot match would let these backtrack for hours.
    /^(a|a|aa){40,}(?!|.)$/,
    /^(a+)+(?!a|)$/,
    /^(a|a)*(?=b)(?!b)$/,
    /^(?:a*)*b(?<!b)$/,
    /^a*a*a*a*a*a*a*a*a*(?<!a|)$/,
    /^(\w+\s?)*\b(?!.|)x$/,
  ])('%s ends at once: no sample is checked where backtracking could run away', (bomb) => {
    const made = samples(bomb);
    expect(made.every((sample) => sample.length <= 4096)).toBe(true);
  });

  it('of repetitions makes no long string', () => {
    expect(samples(/((((a{99}){99}){99}){99}){99}/)).toEqual([]);
    expect(samples(/(((a{0,99}){0,99}){0,99}){0,99}/).every((sample) => sample.length <= 4096)).toBe(true);
  });

  it('of nesting makes none', () => {
    const source = `${'('.repeat(400)}a${')'.repeat(400)}`;
    expect(() => samples(new RegExp(source))).not.toThrow();
  });
});

it('what is no pattern has no samples', () => {
  expect(new Samples(new Random(1)).of('(', '', 8)).toEqual([]);
  expect(samples({ source: '[]', flags: '' })).toEqual([]);
});
