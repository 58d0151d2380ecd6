import { createRequire } from 'node:module';

const PACKAGE = /^@jazzer\.js\/(core|fuzzer|hooking|instrumentor|bug-detectors)(\/|$)/;

/**
 * Requires as Jazzer.js's core does, so that harness, core and code under test share one copy of each of its
 * packages: their state is in their modules, and two copies do not know of each other.
 */
export function requireFromCore(): NodeJS.Require {
  return createRequire(createRequire(import.meta.url).resolve('@jazzer.js/core'));
}

/**
 * The file that an import of one of Jazzer.js's packages means, whoever imports it.
 *
 * @returns undefined for any other specifier, and for a file that is not there
 */
export function jazzerPackagePath(specifier: string): string | undefined {
  if (!PACKAGE.test(specifier)) return undefined;
  try {
    return requireFromCore().resolve(specifier);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    // The importer's own resolution then says what is missing, and names the importer.
    return undefined;
  }
}
