import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brokenLine, MAX_WORD, quoted } from '../feedback/hints/dictionary.ts';
import { UsageError } from '../usage.ts';

const FLAG = '-dict=';

/**
 * Looks at the dictionaries of libFuzzer's flags before anything starts: it would stop at the first line that is no
 * entry, and name no file. AFL takes a folder too, with a word in each file; that becomes a dictionary, which goes with
 * this process.
 *
 * @returns the flags, for libFuzzer
 * @throws {UsageError} with file and line
 */
export function checkDictionaries(flags: readonly string[]): string[] {
  return flags.map((flag) => (flag.startsWith(FLAG) ? FLAG + checked(flag.slice(FLAG.length)) : flag));
}

function checked(path: string): string {
  if (reading(path, () => statSync(path)).isDirectory()) return fromFolder(path);
  const broken = brokenLine(reading(path, () => readFileSync(path, 'latin1')));
  if (broken === null) return path;
  throw new UsageError(
    `${path}:${broken.number}: no entry of a dictionary: ${JSON.stringify(broken.text.slice(0, 80))}; ` +
      'write name="word" with no escapes but \\\\, \\" and \\xAB, and comments in lines of their own',
  );
}

/** Longer words are left out: libFuzzer takes none. */
function fromFolder(folder: string): string {
  const words = reading(folder, () => readdirSync(folder).sort())
    .filter((name) => !name.startsWith('.') && name !== 'README.txt')
    .map((name) => join(folder, name))
    .filter((path) => isWord(path))
    .map((path) => `${quoted(reading(path, () => readFileSync(path)))}\n`);
  if (words.length === 0)
    throw new UsageError(`-dict=${folder}: no file of it holds a word of 1 to ${MAX_WORD} bytes`);
  return temporary(words.join(''));
}

function isWord(path: string): boolean {
  const stats = reading(path, () => statSync(path));
  return stats.isFile() && stats.size > 0 && stats.size <= MAX_WORD;
}

function temporary(dictionary: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'kcovjs-dict-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'words.dict');
  writeFileSync(path, dictionary);
  return path;
}

function reading<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new UsageError(
      `-dict: ${path}: cannot be read: ${(error as NodeJS.ErrnoException).code}; give a dictionary in AFL's format`,
    );
  }
}
