import { statSync } from 'node:fs';
import { UsageError } from '../../usage.ts';

/** An input that is to be measured. */
export interface InputFile {
  path: string;
  /** The folder's name of the finding that it belongs to. */
  finding?: string;
}

export interface SizedFile extends InputFile {
  size: number;
}

/**
 * Inputs of the corpus, the smallest first, of equal ones by their paths; then those of findings, in the same way.
 *
 * @throws {UsageError} for one that cannot be read
 */
export function inOrder(files: readonly InputFile[]): SizedFile[] {
  const sized = files.map((file) => ({ ...file, size: sizeOf(file.path) }));
  return sized.sort(
    (a, b) =>
      Number(a.finding !== undefined) - Number(b.finding !== undefined) ||
      a.size - b.size ||
      (a.path < b.path ? -1 : Number(a.path > b.path)),
  );
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch (error) {
    throw new UsageError(`${path}: cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}
