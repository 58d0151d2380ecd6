import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from './usage.ts';

/** What is at a path; undefined also where a file stands in the way of it. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

export interface Input {
  path: string;
  data: Buffer;
}

/** An input's name in a corpus, as libFuzzer has it. */
export const inputName = (data: Uint8Array): string => createHash('sha1').update(data).digest('hex');

/** Every file that `paths` name, folders with all that is below them, in the order of their names. */
export function inputFiles(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const stats = statOf(path);
    if (stats === undefined)
      throw new UsageError(`${path}: no such file or folder; give inputs or corpus folders`);
    if (!stats.isDirectory()) return [path];
    return inputFiles(
      readdirSync(path)
        .filter((name) => !name.startsWith('.'))
        .sort()
        .map((name) => join(path, name)),
    );
  });
}

export function readInput(path: string): Input {
  try {
    return { path, data: readFileSync(path) };
  } catch (error) {
    throw new UsageError(`${path}: cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}
