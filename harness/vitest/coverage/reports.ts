import { createRequire } from 'node:module';
import type { CoverageMap } from 'istanbul-lib-coverage';
import libReport from 'istanbul-lib-report';
import reports, { type ReportOptions } from 'istanbul-reports';
import colors from 'picocolors';
import type { ResolvedCoverageOptions } from 'vitest/node';
import { UsageError } from '../../usage.ts';

/** A name and options. vitest's own type for them has too many members to work with. */
type Reporter = readonly [name: string, options: object];

export const heading = (name: string): string =>
  `${colors.blue(' % ')}${colors.dim('Coverage report from ')}${colors.yellow(name)}`;

/** Writes what `coverage.reporter` names: istanbul's reports, and those of packages. */
export function writeReports(
  coverageMap: CoverageMap,
  { reportsDirectory, watermarks, reporter, skipFull }: ResolvedCoverageOptions,
  projectRoot: string,
): void {
  const context = libReport.createContext({
    dir: reportsDirectory,
    coverageMap,
    ...(watermarks && { watermarks: watermarks as never }),
  });
  for (const [name, options] of reporter as readonly Reporter[])
    reports
      .create(name as keyof ReportOptions, { skipFull, projectRoot, ...options } as never)
      .execute(context);
}

/**
 * Before the tests run, and not after them.
 *
 * @throws {UsageError} for a reporter that is not there
 */
export function checkReporters(reporters: ResolvedCoverageOptions['reporter']): void {
  const { resolve } = createRequire(createRequire(import.meta.url).resolve('istanbul-reports'));
  const isThere = (path: string): boolean => {
    try {
      resolve(path);
      return true;
    } catch {
      return false;
    }
  };
  for (const [name] of reporters as readonly Reporter[])
    if (!isThere(`./lib/${name}`) && !isThere(name))
      throw oneLine(`coverage.reporter: ${name} is no report of istanbul's, and no package that is there`);
}

/** vitest shows the stack of an error, which is nothing to those who misspelt a name. */
function oneLine(message: string): UsageError {
  const error = new UsageError(message);
  error.stack = '';
  return error;
}
