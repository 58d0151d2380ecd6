import { describe, expect, test } from 'vitest';
import { asked } from '../../../harness/feedback/hints/asked.ts';
import { apply } from '../../../harness/feedback/hints/edit.ts';
import { Hints } from '../../../harness/feedback/hints/hints.ts';
import { Input } from '../../../harness/feedback/hints/input.ts';
import { ComparisonLog } from '../../../harness/feedback/hints/log.ts';
import { Random } from '../../../harness/feedback/hints/random.ts';

const WORD = '__proto__';

/** What comes of an input when these words are asked for. */
function candidates(text: string, words: readonly string[] = [WORD]): string[] {
  const input = Buffer.from(text);
  const steps = [...asked(new Input(input), words, new Random(1))];
  return steps.map((edits) => Buffer.from(apply(input, edits!)).toString());
}

describe('a word that is asked for takes the place of', () => {
  test.each([
    ['a key', '{"a.b": 1}', '{"__proto__.b": 1}'],
    ['a key between single quotes', "{'c': {d: true}}", "{'__proto__': {d: true}}"],
    ['a tag, where it opens and where it closes', '<a><b/>x</a>', '<__proto__><b/>x</__proto__>'],
    ['a name with dots, everywhere', 'x.com\nDomain=x.com', '__proto__\nDomain=__proto__'],
    ['a section', '[section.sub]\na=1', '[__proto__.sub]\na=1'],
    ['one of several', 'a a', '__proto__ a'],
    ['a value of JSON', '[1]', '["__proto__"]'],
  ])('%s', (_, text, expected) => {
    expect(candidates(text)).toContain(expected);
  });

  test('each word has its turn before any is put in a second way', () => {
    const words = ['first', 'second'];
    expect(candidates('x', words).slice(0, 2)).toEqual(words);
  });

  test('a long input gives no more than some, of all words', () => {
    const long = Array.from({ length: 2000 }, (_, i) => `w${i % 500}`).join(' ');
    const words = Array.from({ length: 40 }, (_, i) => `ask${i}`);
    const found = candidates(long, words);
    expect(found.length).toBeLessThan(600);
    expect(found.length).toBeGreaterThan(100);
  });
});

test('hints try it on each new input, the first ones too, however many come after', () => {
  const hints = new Hints({ seed: 1, asked: [WORD], share: 1 });
  const log = new ComparisonLog();
  const inputs = ['first=1', ...Array.from({ length: 200 }, (_, i) => `later${i}=1`)];
  for (const input of inputs) hints.learn(Buffer.from(input), log);
  const tried = new Set<string>();
  for (let i = 0; i < 5000; i++) {
    const candidate = hints.next();
    if (candidate === null) continue;
    tried.add(Buffer.from(candidate).toString());
    hints.ran(candidate, { isNew: false });
  }
  expect(tried).toContain('__proto__=1');
  expect(tried).toContain('first=__proto__');
});
