import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from './usage.ts';

export interface Input {
  path: string;
  data: Buffer;
}

/** Every file that `paths` name, folders with all that is below them, in the order of their names. */
export function inputFiles(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) throw new UsageError(`${path}: no such file or folder; give inputs or corpus folders`);
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
