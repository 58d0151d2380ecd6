import libReport from 'istanbul-lib-report';
import reports, { type ReportOptions } from 'istanbul-reports';
import { coverageOf, type Hits, type LoadedFile } from './coverage.ts';

/** Reports that istanbul writes. */
export const FORMATS = [
  'clover',
  'cobertura',
  'html',
  'html-spa',
  'json',
  'json-summary',
  'lcov',
  'lcovonly',
  'teamcity',
  'text',
  'text-summary',
] as const satisfies readonly (keyof ReportOptions)[];

export type ReportFormat = (typeof FORMATS)[number];

export const isFormat = (name: string): name is ReportFormat => (FORMATS as readonly string[]).includes(name);

export interface ReportRequest {
  modules: readonly LoadedFile[];
  hits: Hits;
  formats: readonly ReportFormat[];
  /** Folder for files; `text` and `text-summary` go to standard output. */
  dir: string;
}

/** @returns paths of the files that a person wrote and that are in the report */
export async function writeReports({ modules, hits, formats, dir }: ReportRequest): Promise<string[]> {
  const coverageMap = await coverageOf(modules, hits);
  const context = libReport.createContext({ dir, coverageMap });
  for (const format of formats) reports.create(format).execute(context);
  return coverageMap.files();
}
