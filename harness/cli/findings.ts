import { Command } from 'commander';
import { campaignFolder, findingsFolder } from '../findings/folders.ts';
import { type FindingRecord, readFindings } from '../findings/record.ts';
import { statOf } from '../inputs.ts';
import { colorsFor } from '../screen/colors.ts';
import { findingLines } from '../screen/summary.ts';
import { plural } from '../screen/units.ts';
import { UsageError } from '../usage.ts';

export function findingsCommand(): Command {
  return new Command('findings')
    .description('list what campaigns have found')
    .argument('<corpus>', 'the folder of inputs that the campaign was given')
    .option('--json', 'one JSON object a line and finding')
    .action(list);
}

function list(corpus: string, { json }: { json?: boolean }): void {
  const campaign = campaignFolder(corpus);
  if (!statOf(campaign)?.isDirectory())
    throw new UsageError(
      `${corpus}: no campaign has run here (there is no folder ${campaign}); kcovjs fuzz --keep-going starts one`,
    );
  const records = read(findingsFolder(corpus));
  process.stdout.write(json ? records.map(asJson).join('') : asText(records, findingsFolder(corpus)));
}

function read(folder: string): FindingRecord[] {
  try {
    return readFindings(folder);
  } catch (error) {
    throw new UsageError(`${folder}: cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}

function asJson({ title, kind, file, count, reproduced, ...more }: FindingRecord): string {
  return `${JSON.stringify({ title, kind, file, count, reproduced, ...more })}\n`;
}

function asText(records: readonly FindingRecord[], folder: string): string {
  if (records.length === 0) return `no findings in ${folder}\n`;
  const colors = colorsFor(process.stdout);
  const lines = records.flatMap((record, i) => findingLines(record, i + 1, colors));
  return `${[`${plural(records.length, 'finding')} in ${folder}`, ...lines].join('\n')}\n`;
}
