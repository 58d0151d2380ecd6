import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkDictionaries } from '../../harness/corpus/dictionaries.ts';
import { dictionaryWords } from '../../harness/feedback/hints/dictionary.ts';

const emptyFolder = (): string => mkdtempSync(join(tmpdir(), 'kcovjs-dict-test-'));

function dictionary(text: string): string {
  const path = join(emptyFolder(), 'words.dict');
  writeFileSync(path, text, 'latin1');
  return path;
}

describe('a dictionary that is sound goes to libFuzzer as it is', () => {
  test.each([
    ['nothing', ''],
    ['names, levels, comments, empty lines', '# "c"\n\n  # c\na="x"\nkw@3="y"\n  "z"  \n'],
    ['escapes', '"\\x00\\xfF\\\\\\""\n'],
    ['quotes and signs as they are', '"a"b"\n#x#="y"\nk#="z"\n'],
    ['lines of Windows', 'a="x"\r\n\r\nb="y"\r\n'],
    ['no end of the last line', 'a="x"'],
  ])('%s', (_, text) => {
    const flags = ['-runs=1', `-dict=${dictionary(text)}`];
    expect(checkDictionaries(flags)).toEqual(flags);
  });
});

describe('one that is broken is named with its first line that is', () => {
  test.each([
    ['no quotes', 'a="x"\nword\n', 2, 'word'],
    ['no second quote', '"x\n', 1, '\\"x'],
    ['no first quote', 'x"\n', 1, 'x\\"'],
    ['an empty word', '\n\na=""\n', 3, 'a=\\"\\"'],
    ['an escape of C', '"a\\n"\n', 1, '\\"a\\\\n\\"'],
    ['half an escape', '"\\x4"\n', 1, '\\"\\\\x4\\"'],
    ['an escaped last quote', '"x\\"\n', 1, '\\"x\\\\\\"'],
    ['a comment behind a word', '"x" # y\n', 1, '\\"x\\" # y'],
    ['a character that is not ASCII', '"\xe4"\n', 1, '\\"\xe4\\"'],
  ])('%s', (_, text, line, shown) => {
    const path = dictionary(text);
    expect(() => checkDictionaries([`-dict=${path}`])).toThrow(
      `${path}:${line}: no entry of a dictionary: "${shown}"; write name="word"`,
    );
  });
  test('one that is not there', () => {
    expect(() => checkDictionaries(['-dict=/nowhere.dict'])).toThrow(
      "-dict: /nowhere.dict: cannot be read: ENOENT; give a dictionary in AFL's format",
    );
  });
});

describe('a folder of words, as AFL has it', () => {
  test('becomes a dictionary of the words that libFuzzer takes', () => {
    const folder = emptyFolder();
    const words = {
      a: 'token',
      b: '"\\\n\x80',
      c: '',
      d: 'x'.repeat(65),
      'README.txt': 'no',
      '.state': 'no',
    };
    for (const [name, word] of Object.entries(words)) writeFileSync(join(folder, name), word, 'latin1');
    mkdirSync(join(folder, 'below'));
    const [flag] = checkDictionaries([`-dict=${folder}`]);
    const path = flag!.slice('-dict='.length);
    expect(existsSync(path)).toBe(true);
    expect(readFileSync(path, 'utf8')).toBe('"token"\n"\\"\\\\\\x0A\\x80"\n');
    expect(dictionaryWords(readFileSync(path, 'utf8'))).toEqual(['token']);
    expect(checkDictionaries([flag!])).toEqual([flag]);
  });
  test('without a word in it is a mistake', () => {
    const folder = emptyFolder();
    expect(() => checkDictionaries([`-dict=${folder}`])).toThrow(
      `-dict=${folder}: no file of it holds a word of 1 to 64 bytes`,
    );
  });
});
