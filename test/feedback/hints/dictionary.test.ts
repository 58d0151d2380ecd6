import { expect, it } from 'vitest';
import { aflDictionary, dictionaryWords } from '../../../harness/feedback/hints/dictionary.ts';
import fc from '../../fast-check.ts';

/** libFuzzer's reader. @see FuzzerUtil.cpp ParseOneDictionaryEntry */
function parseEntry(line: string): Buffer {
  expect(line).toMatch(/^".*"$/);
  const bytes: number[] = [];
  for (let i = 1; i < line.length - 1; i++) {
    expect(line[i]).toMatch(/[\x20-\x7e]/);
    const next = line[i + 1];
    if (line[i] === '\\' && (next === '\\' || next === '"')) {
      bytes.push(line.charCodeAt(++i));
    } else if (line[i] === '\\' && /^\\x[0-9A-Fa-f]{2}/.test(line.slice(i))) {
      bytes.push(Number.parseInt(line.slice(i + 2, i + 4), 16));
      i += 3;
    } else if (line[i] === '\\') throw new Error(`an invalid escape: ${line}`);
    else bytes.push(line.charCodeAt(i));
  }
  return Buffer.from(bytes);
}

const entries = (text: string): Buffer[] => text.split('\n').slice(0, -1).map(parseEntry);

it('gives back every string, whatever it is made of, as libFuzzer reads it', () => {
  const unit = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    fc.constantFrom(...'\\"x41'),
  );
  const strings = fc.uniqueArray(fc.string({ unit, minLength: 1, maxLength: 16 }));
  fc.assert(
    fc.property(strings, (words) => {
      const read = entries(aflDictionary({ strings: words, numbers: [] })).map((word) =>
        word.toString('hex'),
      );
      expect(read).toEqual([...new Set(words.map((word) => Buffer.from(word).toString('hex')))]);
    }),
  );
});

it('has numbers as text, and integers of more than a byte in both byte orders', () => {
  const words = entries(aflDictionary({ strings: [], numbers: [7, 0xbeef, -2.5] }));
  expect(words).toEqual(
    [Buffer.from('7'), Buffer.from('48879'), [0xef, 0xbe], [0xbe, 0xef], Buffer.from('-2.5')].map((word) =>
      Buffer.from(word),
    ),
  );
});

it('leaves out what libFuzzer refuses or cannot use: empty and long words, and all but so many', () => {
  const strings = ['', 'x'.repeat(65), 'ok', 'ok', ...Array.from({ length: 10_000 }, (_, i) => `word ${i}`)];
  const words = entries(aflDictionary({ strings, numbers: [] }));
  expect(words[0]!.toString()).toBe('ok');
  expect(words).toHaveLength(4096);
});

it('is read back as the text that it is, names and comments aside', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 })), (words) => {
      expect(dictionaryWords(aflDictionary({ strings: words, numbers: [] }))).toEqual(words);
    }),
  );
  const file = '# "no"\nkw1="a\\x41\\"\\\\"\n\n  "b"  \nbroken\nkw2@3="\\xff"\n';
  expect(dictionaryWords(file)).toEqual(['aA"\\', 'b']);
});
