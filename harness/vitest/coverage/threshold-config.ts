import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { UsageError } from '../../usage.ts';

export interface ConfigModule {
  generate(): { code: string };
}

/**
 * The user's configuration, for vitest to write new thresholds into.
 *
 * @param marker what vitest takes away again, at the end
 * @throws {UsageError} where magicast, which vitest's own providers use for it, is not installed
 */
export async function parseConfig(path: string, marker: string): Promise<ConfigModule> {
  const { parseModule } = await magicast(path);
  return parseModule(`${await readFile(path, 'utf8')}${marker}`);
}

async function magicast(path: string): Promise<{ parseModule(code: string): ConfigModule }> {
  let found: string;
  try {
    found = createRequire(path).resolve('magicast');
  } catch {
    throw new UsageError(
      'coverage.thresholds.autoUpdate needs magicast to edit the configuration; npm install --save-dev magicast',
    );
  }
  return (await import(pathToFileURL(found).href)) as { parseModule(code: string): ConfigModule };
}
