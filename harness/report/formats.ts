import { join } from 'node:path';
import type { CoverageMap } from 'istanbul-lib-coverage';
import libReport, { type Context } from 'istanbul-lib-report';
import reports, { type ReportOptions } from 'istanbul-reports';
import { terminal } from '../screen/colors.ts';
import { UsageError } from '../usage.ts';
import { recordOf } from './compare/build.ts';
import { writeRecord } from './compare/record.ts';
import { coverageOfSources } from './coverage.ts';
import { PRINTED, type ReportFormat } from './format-names.ts';
import { writeHtml } from './html.ts';
import { writeLines } from './line-file.ts';
import type { CampaignPast, Measured } from './measure/measured.ts';
import { type Page, type PageContext, pageOf } from './model/page.ts';
import { readSources, type Source } from './model/source.ts';
import { pcLines, siteLines } from './pc-lines.ts';
import { forPages, forTerminals, type Renamed } from './renamed.ts';
import { staged } from './stage.ts';
import { reportFrontier } from './terminal.ts';
import { ValidXml } from './valid-xml.ts';

export interface ReportContext extends PageContext {
  /** The target's file. */
  path: string;
}

/** What all formats are made of. */
export interface ReportData {
  measured: Measured;
  context: ReportContext;
  hits: ReadonlyMap<number, number>;
  sources: readonly Source[];
  /** By the names of the files that a person wrote. */
  coverage: CoverageMap;
  /** Made when it is asked for first. */
  readonly page: Page;
}

/** Reads the sources; what there is to say of them is added to the notes. */
export async function reportData(
  executed: Measured,
  past: CampaignPast,
  context: ReportContext,
): Promise<ReportData> {
  const hits = new Map([...executed.pcs].map(([pc, reached]) => [pc, reached.hits]));
  const { sources, notes } = readSources(executed.modules);
  const measured = { ...executed, notes: [...executed.notes, ...notes] };
  const coverage = await coverageOfSources(sources, hits);
  let page: Page | undefined;
  return {
    measured,
    context,
    hits,
    sources,
    coverage,
    get page() {
      page ??= pageOf(measured, past, context, sources, coverage);
      return page;
    },
  };
}

/** Writes a format's files into a folder. */
type Write = (data: ReportData, dir: string) => void;

const WRITERS: Readonly<Record<ReportFormat, Write>> = {
  clover: (data, dir) => xmlReport('clover', data, dir),
  cobertura: (data, dir) => xmlReport('cobertura', data, dir),
  html: ({ page }, dir) => void writeHtml(join(dir, 'index.html'), page.index, page.chunks),
  'html-spa': (data, dir) => pages('html-spa', data, dir),
  json: ({ coverage }, dir) => execute('json', { map: coverage }, dir),
  'json-summary': ({ coverage }, dir) => execute('json-summary', { map: coverage }, dir),
  jsonl: ({ sources, hits, measured }, dir) =>
    writeLines(join(dir, 'coverage.jsonl'), siteLines(sources, hits, measured.elf)),
  lcov(data, dir) {
    lcovonly(data, dir);
    pages('html', data, dir, { subdir: 'lcov-report' });
  },
  lcovonly,
  pcs: ({ hits }, dir) => writeLines(join(dir, 'pcs.txt'), pcLines(hits)),
  record: ({ measured, sources, coverage, context }, dir) =>
    writeRecord(dir, recordOf(measured, sources, coverage, context)),
  teamcity: ({ coverage }, dir) => execute('teamcity', { map: coverage }, dir),
  text,
  'text-summary': ({ coverage }, dir) => execute('text-summary', { map: coverage }, dir),
};

/**
 * Writes reports: files all or none, then what is printed.
 *
 * @param dir is there
 * @throws {UsageError} for a file whose name a format cannot write, or where the folder cannot be written
 */
export function writeReports(data: ReportData, formats: readonly ReportFormat[], dir: string): void {
  const isPrinted = (format: ReportFormat): boolean => PRINTED.includes(format);
  staged(dir, (stage) => {
    for (const format of formats) if (!isPrinted(format)) WRITERS[format](data, stage);
  });
  for (const format of formats) if (isPrinted(format)) WRITERS[format](data, dir);
}

/** istanbul's table, and below it what blocks the fuzzer. */
function text({ measured, coverage, page }: ReportData, dir: string): void {
  execute('text', forTerminals(coverage), dir);
  const frontier = reportFrontier(page, measured.inputs, terminal(process.stdout));
  if (frontier !== '') process.stdout.write(`\n${frontier}`);
}

function lcovonly({ coverage }: ReportData, dir: string): void {
  const broken = coverage.files().find((path) => /[\n\r]/.test(path));
  if (broken !== undefined)
    throw new UsageError(
      `${JSON.stringify(broken)}: lcov cannot name a file with a line break; leave it out with -e, or lcov with --format`,
    );
  execute('lcovonly', { map: coverage }, dir);
}

function xmlReport(name: 'clover' | 'cobertura', { coverage }: ReportData, dir: string): void {
  execute(name, { map: coverage }, dir, {}, (context) =>
    Object.assign(context, { getXMLWriter: (output: never) => new ValidXml(output) }),
  );
}

const pages = (name: 'html' | 'html-spa', { coverage }: ReportData, dir: string, options = {}): void =>
  execute(name, forPages(coverage), dir, options);

function execute(
  name: keyof ReportOptions,
  { map, sourceOf }: Pick<Renamed, 'map'> & Partial<Renamed>,
  dir: string,
  options: object = {},
  adapt: (context: Context) => unknown = () => {},
): void {
  const context = libReport.createContext({
    dir,
    coverageMap: map,
    ...(sourceOf && { sourceFinder: sourceOf }),
  });
  adapt(context);
  reports.create(name, options).execute(context);
}
