import { basename, join, normalize, resolve } from 'node:path';

/** Where a campaign keeps what is no input: beside its corpus, `corpus.kcovjs`. */
export function campaignFolder(corpus: string): string {
  const path = normalize(corpus).replace(/\/+$/, '');
  // `.` and `..` have no name to add to.
  return `${/^\.*$/.test(basename(path)) ? resolve(path || '/') : path}.kcovjs`;
}

/** Where its findings are, a folder each. */
export const findingsFolder = (corpus: string): string => join(campaignFolder(corpus), 'findings');

/** Where its coverage over time is: a line a point, which is only ever appended to. */
export const historyFile = (corpus: string): string => join(campaignFolder(corpus), 'history.jsonl');
