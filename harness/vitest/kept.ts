import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { inputFiles, statOf } from '../inputs.ts';

/** Folder of what was found once, in that of the seeds. */
const REGRESSIONS = 'regressions';

/**
 * Keeps an input that failed among those of its test, under the name of its finding.
 *
 * @param finding its folder, by whose name it is known
 * @param root a folder of inputs, or one of them
 * @returns its path; that of the same input where it is there already
 */
export function keep(file: string, finding: string, root: string): string {
  const input = readFileSync(file);
  const folder = join(statOf(root)?.isFile() ? dirname(root) : root, REGRESSIONS);
  const known = statOf(folder) && inputFiles([folder]).find((one) => readFileSync(one).equals(input));
  if (known) return known;
  mkdirSync(folder, { recursive: true });
  return writeNew(join(folder, basename(finding)), input);
}

/** The same bug may have come back in another input. */
function writeNew(path: string, input: Uint8Array): string {
  for (let i = 1; ; i++) {
    const name = i === 1 ? path : `${path}-${i}`;
    try {
      writeFileSync(name, input, { flag: 'wx' });
      return name;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
