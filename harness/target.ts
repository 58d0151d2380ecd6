import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { hasModuleSyntax } from '../src/loader/module-syntax.ts';
import type { FuzzTarget } from './engine/execution.ts';
import { UsageError } from './usage.ts';

const EXTENSIONS = ['', '.js', '.mjs', '.cjs', '.ts', '.mts', '.cts'];

/** The file that `name` means: as Jazzer.js has it, the extension may be left out. */
export function targetPath(
  name: string,
  missing = 'no such target; give the path of a module that exports fuzz(data)',
): string {
  const path = resolve(name);
  const found = EXTENSIONS.map((extension) => path + extension).find(
    (candidate) => existsSync(candidate) && statSync(candidate).isFile(),
  );
  if (found === undefined) throw new UsageError(`${name}: ${missing}`);
  return found;
}

/** @throws {UsageError} with the place of a syntax error in the target itself */
export function checkSyntax(name: string): void {
  const path = targetPath(name);
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
export async function loadTarget(name: string, entryPoint = 'fuzz'): Promise<FuzzTarget> {
  const path = targetPath(name);
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

/** An error of loading in one line, with the place of a syntax error, which Node puts in front of its stack. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const message = error.message.split('\n')[0]!;
  const place = /^(?:file:\/\/)?(\/[^\n]*:\d+)\n/.exec(error.stack ?? '')?.[1];
  const label = message.startsWith(error.name) ? message : `${error.name}: ${message}`;
  return place === undefined ? label : `${label} (${place})`;
}
