import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Machine } from './machine.ts';
import type { Goal, Presented } from './part.ts';
import type { Extent, Settings } from './settings.ts';
import { asMarkdown, asText, digits, type Table } from './table.ts';

/** All that is known of one run of the benchmark. */
export interface Report {
  machine: Machine;
  extent: Extent;
  settings: Settings;
  /** Names and versions. */
  packages: Record<string, string>;
  bugs: Record<string, string>;
  /** What each part measured, as it was measured. */
  data: Record<string, unknown>;
  /** Parts that failed, and why. */
  failures: Record<string, string>;
  goals: Goal[];
}

export const goalTable = (goals: readonly Goal[]): Table => ({
  title: 'Goals',
  columns: ['goal', 'measured', ''],
  rows: goals.map(({ goal, measured, met }) => [goal, measured, met ? 'met' : 'missed']),
});

/** Nothing where all went well. */
const failureTables = ({ failures }: Report): Table[] => {
  const rows = Object.entries(failures).map(([what, why]) => [what, why.split('\n')[0]!]);
  return rows.length === 0 ? [] : [{ title: 'Failed, and not in the numbers', columns: ['', ''], rows }];
};

export const machineText = ({ machine: m, extent, settings, packages, bugs }: Report): string =>
  `${m.cpu}, ${m.cores} cores, ${m.memoryGiB} GiB; ${m.system}; Node ${m.node}, V8 ${m.v8}; ` +
  `kcovjs ${m.kcovjs}, Jazzer.js ${m.jazzer}; ${m.date}; load ${digits(m.load)} as it began; ` +
  `extent: ${extent}, ${settings.repetitions} repetitions.\n\nPackages: ${list(packages)}.\n\nBugs: ${list(bugs)}.\n`;

const list = (versions: Record<string, string>): string =>
  Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ') || 'none';

export function terminalText(report: Report, presented: readonly Presented[]): string {
  const tables = [
    ...presented.flatMap((one) => one.tables),
    goalTable(report.goals),
    ...failureTables(report),
  ];
  return [machineText(report), ...tables.map(asText)].join('\n');
}

export function markdownText(report: Report, presented: readonly Presented[]): string {
  const charts = presented
    .flatMap((one) => Object.keys(one.files ?? {}))
    .map((name) => `![${name.replace(/\.\w+$/, '')}](${name})\n`);
  return [
    '# Benchmark\n',
    machineText(report),
    asMarkdown(goalTable(report.goals)),
    ...failureTables(report).map(asMarkdown),
    ...presented.flatMap((one) => one.tables.map(asMarkdown)),
    ...charts,
  ].join('\n');
}

/** Writes the report as `bench.json`, `bench.md`, and the files that go with it. */
export function writeReport(folder: string, report: Report, presented: readonly Presented[]): void {
  writeFileSync(join(folder, 'bench.json'), `${JSON.stringify(report, null, 1)}\n`);
  writeFileSync(join(folder, 'bench.md'), markdownText(report, presented));
  for (const { files = {} } of presented)
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}
