import { basename } from 'node:path';
import { findingsFolder } from '../findings/folders.ts';
import { readHistory } from '../findings/history.ts';
import { type FindingRecord, readFindings } from '../findings/record.ts';
import { statOf } from '../inputs.ts';
import { UsageError } from '../usage.ts';
import type { InputFile } from './measure/inputs.ts';
import type { CampaignPast } from './measure/measured.ts';

/**
 * What campaigns of these corpora know.
 *
 * @throws {UsageError} where findings are there and cannot be read
 */
export function pastOf(corpora: readonly string[]): CampaignPast {
  const folders = [...new Set(corpora)].filter((path) => statOf(path)?.isDirectory());
  const runs = folders.flatMap(readHistory);
  return {
    findings: folders.flatMap((corpus) => findingsIn(findingsFolder(corpus))),
    history: runs.sort((a, b) => a.start - b.start),
  };
}

/** The input of each finding that has one still. */
export const findingInputs = ({ findings }: CampaignPast): InputFile[] =>
  findings
    .filter(({ file }) => statOf(file)?.isFile())
    .map(({ file, folder }) => ({ path: file, finding: basename(folder) }));

function findingsIn(folder: string): FindingRecord[] {
  try {
    return readFindings(folder);
  } catch (error) {
    throw new UsageError(`${folder}: cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}
