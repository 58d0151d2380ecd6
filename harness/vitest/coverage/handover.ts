import type { Counts } from './counts.ts';

interface TakeOptions {
  /** Where vitest 5 has counts written; vitest 4 has none. */
  coverageFilesDirectory?: string;
}

/**
 * Counts as vitest wants them from a worker: vitest 4 sends them, vitest 5 is told the file that they are in.
 *
 * @throws as the file system does
 */
export async function handedOver(
  counts: Counts,
  { coverageFilesDirectory }: TakeOptions = {},
): Promise<Counts | string> {
  if (coverageFilesDirectory === undefined) return counts;
  const { randomUUID } = await import('node:crypto');
  const { writeFile } = await import('node:fs/promises');
  const file = `${coverageFilesDirectory}/coverage-${randomUUID()}.json`;
  await writeFile(file, JSON.stringify(counts));
  return file;
}
