import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FindingRecord } from '../../findings/record.ts';
import type { HistoryRun, MeasuredInput } from '../measure/measured.ts';
import type { Finding, Series, StackFrame } from '../page/data.ts';
import type { OriginalFiles } from './files.ts';

/** Findings of a campaign, with where their stacks are in the report. */
export function findingsOf(
  records: readonly FindingRecord[],
  inputs: readonly MeasuredInput[],
  files: OriginalFiles,
): Finding[] {
  const bySlug = new Map(
    inputs.flatMap(({ finding }, i) => (finding === undefined ? [] : [[finding, i] as const])),
  );
  return records.map((record) => {
    const slug = basename(record.folder);
    const input = bySlug.get(slug);
    const { title, kind, count, firstSeen, lastSeen, message, decoded, command } = record;
    return {
      slug,
      title,
      kind,
      count,
      ...(record.examined === true && { reproduced: record.reproduced }),
      firstSeen,
      lastSeen,
      ...(message !== undefined && { message }),
      stack: record.stack.map((text) => frameOf(text, files)),
      ...(decoded !== undefined && { decoded }),
      command,
      ...(input !== undefined && { input }),
    };
  });
}

/** `at decode (/lib/decoder.js:120:9)` */
const PLACE = /((?:file:\/\/)?\/[^()\n]*):(\d+):\d+\)?$/;

function frameOf(text: string, files: OriginalFiles): StackFrame {
  const found = PLACE.exec(text);
  const file = found === null ? undefined : files.indexOf(pathOf(found[1]!));
  return file === undefined ? { text } : { text, file, line: Number(found![2]) };
}

function pathOf(file: string): string {
  try {
    return file.startsWith('file:') ? fileURLToPath(file) : file;
  } catch {
    return file;
  }
}

export const seriesOf = (runs: readonly HistoryRun[]): Series[] =>
  runs.map(({ start, points }) => ({ start: new Date(start).toISOString(), points }));
