import type { ReportOptions } from 'istanbul-reports';

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
