import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { askedWords, dictionaryLines } from '../../harness/engine/dictionary.ts';

const literals = (count: number) => ({
  strings: Array.from({ length: count }, (_, i) => `literal${i}`),
  numbers: [],
});

test('asked for are the words of detectors and those of -dict, each once', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'kcovjs-dict-')), 'words.dict');
  writeFileSync(file, 'kw="mine"\n"__proto__"\n');
  expect(askedWords(['"__proto__"', '"constructor"'], [`-dict=${file}`])).toEqual([
    '__proto__',
    'constructor',
    'mine',
  ]);
  expect(askedWords(['"a"'], ['-dict=/nowhere'])).toEqual(['a']);
});

test('they are a quarter of the dictionary, however many literals the code has', () => {
  for (const count of [12, 1000]) {
    const lines = dictionaryLines(literals(count), ['__proto__', 'constructor']);
    // The words themselves are there already.
    const asked = 2 + lines.filter((line) => !line.startsWith('"literal')).length;
    expect(asked / (lines.length + 2)).toBeGreaterThan(0.24);
    expect(asked / (lines.length + 2)).toBeLessThan(0.35);
  }
  expect(dictionaryLines(literals(3), [])).toHaveLength(3);
});
