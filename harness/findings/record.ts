import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { warn } from '../../src/warn.ts';
import { harmless } from '../harmless.ts';
import { replaceFile } from '../outputs.ts';
import type { FindingState } from './finding.ts';
import { recordSchema } from './record-schema.ts';

/** A finding as it is kept in its folder. */
export interface FindingRecord extends Omit<FindingState, 'firstSeen' | 'lastSeen'> {
  version: 1;
  /** `titleOf`'s key, where it is known. */
  key?: string;
  /** ISO 8601, in UTC. */
  firstSeen: string;
  lastSeen: string;
  /** Names of further inputs in its folder that led to it, the originals of `file` among them. */
  inputs: readonly string[];
  /** The whole message of the error, where it has one. */
  message?: string;
  /** Whether it was made smaller and run ten times; not yet where the campaign ended before that. */
  examined?: boolean;
  /** What the target read of `file`, where it decodes: `consumeBoolean() → true`. */
  decoded?: readonly string[];
}

export const FILE = 'finding.json';

export const recordOf = (finding: FindingState, inputs: readonly string[]): FindingRecord => ({
  ...finding,
  version: 1,
  firstSeen: new Date(finding.firstSeen).toISOString(),
  lastSeen: new Date(finding.lastSeen).toISOString(),
  inputs,
});

export function stateOf({ version: _, inputs: __, ...record }: FindingRecord): FindingState {
  return { ...record, firstSeen: Date.parse(record.firstSeen), lastSeen: Date.parse(record.lastSeen) };
}

/** Writes a finding to its folder, which must be there, whole or not at all. Throws as the file system does. */
export function writeFinding(folder: string, { folder: _, file, ...record }: FindingRecord): void {
  const name = basename(file);
  replaceFile(
    join(folder, FILE),
    `${JSON.stringify(recordSchema().parse({ ...record, file: name }), null, 2)}\n`,
  );
}

/** @throws {Error} in one line that names the file and what is wrong in it */
export function readFinding(folder: string): FindingRecord {
  const path = join(folder, FILE);
  const parsed = recordSchema().safeParse(parse(path));
  if (parsed.success) return { ...parsed.data, folder, file: join(folder, basename(parsed.data.file)) };
  const [issue] = parsed.error.issues;
  throw new Error(`${path}: ${issue!.path.join('.') || 'it'}: ${issue!.message}`);
}

function parse(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(`${path}: ${code === undefined ? `is no JSON: ${message}` : `cannot be read: ${code}`}`);
  }
}

/**
 * All findings in a folder of such folders, the first seen first. One that is broken is told of and left out.
 *
 * @throws as the file system does where the folder itself cannot be read; one that is not there has none
 */
export function readFindings(folder: string, tell: (line: string) => void = warn): FindingRecord[] {
  const records = foldersIn(folder).flatMap((name) => {
    try {
      return [readFinding(join(folder, name))];
    } catch (error) {
      tell(harmless((error as Error).message));
      return [];
    }
  });
  return records.sort(
    (a, b) => Date.parse(a.firstSeen) - Date.parse(b.firstSeen) || (a.folder < b.folder ? -1 : 1),
  );
}

function foldersIn(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    // Some are being made, under a name that begins with a dot.
    return entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
