import { compare } from '../report/compare/compare.ts';
import { type CoverageRecord, readRecord } from '../report/compare/record.ts';
import { comparisonText } from '../report/compare/text.ts';
import type { ReportData } from '../report/formats.ts';
import { colorsFor } from '../screen/colors.ts';
import { EXIT, UsageError } from '../usage.ts';

export interface CompareOptions {
  json?: boolean;
}

/**
 * Prints what was gained and lost between two records, or two corpora of one target; the exit code tells where
 * coverage fell.
 *
 * @param words OLD and NEW, records or folders of reports; or a target, and OLD and NEW, folders of inputs
 * @param measure tells what a corpus reaches
 * @throws {UsageError} in one line
 */
export async function compareSides(
  words: readonly string[],
  { json }: CompareOptions,
  measure: (target: string, corpus: string) => Promise<ReportData>,
): Promise<void> {
  const [target, old, now] = words.length === 2 ? [undefined, ...words] : words;
  if (old === undefined || now === undefined || words.length > 3)
    throw new UsageError(
      '--compare: takes two reports, OLD NEW, or a target and two corpora, TARGET OLD NEW',
    );
  const record = async (side: string): Promise<CoverageRecord> =>
    target === undefined ? readRecord(side) : measuredRecord(await measure(target, side));
  const comparison = compare(await record(old), await record(now));
  process.stdout.write(
    json ? `${JSON.stringify(comparison)}\n` : comparisonText(comparison, colorsFor(process.stdout)),
  );
  if (comparison.fell) process.exitCode = EXIT.finding;
}

async function measuredRecord({ measured, sources, coverage, context }: ReportData): Promise<CoverageRecord> {
  // It loads Babel and istanbul, which comparing records does without.
  const { recordOf } = await import('../report/compare/build.ts');
  return recordOf(measured, sources, coverage, context);
}
