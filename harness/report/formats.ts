import libReport from 'istanbul-lib-report';
import reports from 'istanbul-reports';
import { coverageOf, type Hits, type LoadedFile } from './coverage.ts';
import type { ReportFormat } from './format-names.ts';

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
