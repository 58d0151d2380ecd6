import { readFileSync } from 'node:fs';
import { aflDictionary, dictionaryWords, type Literals } from '../feedback/hints/dictionary.ts';
import { flag } from './flags.ts';

/** One in so many words of the dictionary is asked for, at least: libFuzzer picks from it blindly. */
const SHARE = 4;

/**
 * Words that somebody asks for: bug detectors and custom hooks, which have told Jazzer.js, and the user with `-dict`.
 *
 * @param lines of Jazzer.js's dictionary
 */
export function askedWords(lines: readonly string[], flags: readonly string[]): string[] {
  const file = flag(flags, 'dict');
  const texts = file === undefined ? lines : [...lines, readDictionary(file)];
  return [...new Set(dictionaryWords(texts.join('\n')))];
}

/** libFuzzer says what is wrong with a file. */
function readDictionary(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Lines that put the literals into the dictionary, and the words that are asked for as often as they must be. */
export function dictionaryLines(literals: Literals, asked: readonly string[]): string[] {
  const lines = linesOf(literals);
  if (asked.length === 0) return lines;
  const again = linesOf({ strings: asked, numbers: [] });
  const times = Math.floor(lines.length / ((SHARE - 1) * asked.length));
  for (let i = 0; i < times; i++) lines.push(...again);
  return lines;
}

const linesOf = (literals: Literals): string[] => aflDictionary(literals).split('\n').filter(Boolean);
