import { dirname } from 'node:path';
import type { CampaignState } from '../campaign/state.ts';
import { writableFolder, writeOutput } from '../outputs.ts';
import { junit } from './junit.ts';
import { sarif } from './sarif.ts';

export interface ExportOptions {
  /** Paths of files to write; undefined for none. */
  sarif?: string;
  junit?: string;
  version: string;
}

const ADVICE = 'name another file';

/**
 * To be called before a campaign, since the files are written at its end.
 *
 * @throws {UsageError} where they cannot be written
 */
export function checkExports(options: ExportOptions): void {
  for (const path of [options.sarif, options.junit])
    if (path !== undefined) writableFolder(dirname(path), path, ADVICE);
}

/**
 * Writes what was asked for, each file whole or not at all.
 *
 * @throws {UsageError} where one cannot be written
 */
export function writeExports(state: CampaignState, options: ExportOptions, cwd = process.cwd()): void {
  if (options.junit !== undefined) writeOutput(options.junit, junit(state, cwd), ADVICE);
  if (options.sarif === undefined) return;
  const log = sarif(state, { cwd, version: options.version });
  writeOutput(options.sarif, `${JSON.stringify(log, null, 2)}\n`, ADVICE);
}
