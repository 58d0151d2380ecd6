/** Formats of reports. `html` is ours, and so are `jsonl`, `pcs` and `record`; istanbul writes the others. */
export const FORMATS = [
  'clover',
  'cobertura',
  'html',
  'html-spa',
  'json',
  'json-summary',
  'jsonl',
  'lcov',
  'lcovonly',
  'pcs',
  'record',
  'teamcity',
  'text',
  'text-summary',
] as const;

export type ReportFormat = (typeof FORMATS)[number];

/** Those that are lines on standard output. */
export const PRINTED: readonly ReportFormat[] = ['teamcity', 'text', 'text-summary'];

export const isFormat = (name: string): name is ReportFormat => (FORMATS as readonly string[]).includes(name);
