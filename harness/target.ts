import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Filter } from '../src/loader/filter.ts';
import { hasModuleSyntax } from '../src/loader/module-syntax.ts';
import type { FuzzTarget } from './engine/execution.ts';
import { UsageError } from './usage.ts';
import { type FuzzTest, formatFuzzTest, parseFuzzTest } from './vitest/host/fuzz-test.ts';

const EXTENSIONS = ['', '.js', '.mjs', '.cjs', '.ts', '.mts', '.cts'];

/** Whether `name` means a fuzz test of vitest, and no module that exports a target. */
export const isFuzzTest = (name: string): boolean => parseFuzzTest(name) !== undefined;

/** The file that `name` means: as Jazzer.js has it, the extension may be left out. */
export function targetPath(
  name: string,
  missing = 'no such target; give the path of a module that exports fuzz(data)',
): string {
  const test = parseFuzzTest(name);
  if (test !== undefined) return formatFuzzTest({ ...test, file: targetPath(test.file, missing) });
  const path = resolve(name);
  const found = EXTENSIONS.map((extension) => path + extension).find(
    (candidate) => existsSync(candidate) && statSync(candidate).isFile(),
  );
  if (found === undefined) throw new UsageError(`${name}: ${missing}`);
  return found;
}

/** What comes before bug detectors, which take the place of functions of Node's. Throws as `checkSyntax`. */
export async function preload(name: string): Promise<void> {
  checkSyntax(name);
  const test = parseFuzzTest(targetPath(name));
  if (test !== undefined) await (await import('./vitest/host/load.ts')).vitestOf(test.file); // Vite keeps some.
}

/** @throws {UsageError} with the place of a syntax error in the target itself */
export function checkSyntax(name: string): void {
  const path = targetPath(name);
  if (parseFuzzTest(path) !== undefined) return; // Vite reads it.
  try {
    hasModuleSyntax(readFileSync(path, 'utf8'), path);
  } catch (error) {
    throw new UsageError(
      `${name}: cannot be loaded: ${(error as Error).message.split('\n')[0]!.replace(`${path}: `, '')}`,
    );
  }
}

/**
 * Loads a target through whatever hooks are registered.
 *
 * @throws {UsageError} naming the file and what is wrong with it
 */
export async function loadTarget(
  name: string,
  filter: Partial<Filter>,
  entryPoint = 'fuzz',
): Promise<FuzzTarget> {
  const path = targetPath(name);
  const test = parseFuzzTest(path);
  if (test !== undefined) return fuzzTest(name, test, filter);
  let module: Record<string, unknown>;
  try {
    module = (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  } catch (error) {
    throw new UsageError(`${name}: cannot be loaded: ${describe(error)}`);
  }
  const fallback = module['default'] as Record<string, unknown> | undefined;
  const target = module[entryPoint] ?? fallback?.[entryPoint];
  if (typeof target !== 'function') {
    const exported = Object.keys(module).filter((key) => key !== 'default' && key !== 'module.exports');
    const has = exported.length > 0 ? `it exports ${exported.join(', ')}` : 'it exports nothing by name';
    throw new UsageError(
      `${name}: does not export a function '${entryPoint}' (${has}); --fuzz-entry-point names another`,
    );
  }
  return target as FuzzTarget;
}

/** Loads vitest, which nothing else needs. */
async function fuzzTest(name: string, test: FuzzTest, filter: Partial<Filter>): Promise<FuzzTarget> {
  const { loadFuzzTest, NoFuzzTest } = await import('./vitest/host/load.ts');
  try {
    return await loadFuzzTest(test, filter);
  } catch (error) {
    const reason = error instanceof NoFuzzTest ? error.message : `cannot be loaded: ${describe(error)}`;
    throw new UsageError(`${name}: ${reason}`);
  }
}

/** An error of loading in one line, with the place of a syntax error, which Node puts in front of its stack. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const message = error.message.split('\n')[0]!;
  const place = /^(?:file:\/\/)?(\/[^\n]*:\d+)\n/.exec(error.stack ?? '')?.[1];
  const label = message.startsWith(error.name) ? message : `${error.name}: ${message}`;
  return place === undefined ? label : `${label} (${place})`;
}
