import { accessSync, constants, mkdirSync } from 'node:fs';
import { UsageError } from './usage.ts';

/**
 * Makes a folder for output unless it is there.
 *
 * @param name what the caller called it by
 * @param advice what to do where it cannot be written
 * @throws {UsageError} where it cannot be written
 */
export function writableFolder(path: string, name: string, advice: string): void {
  try {
    mkdirSync(path, { recursive: true });
    accessSync(path, constants.W_OK);
  } catch (error) {
    throw new UsageError(`${name}: cannot be written: ${(error as NodeJS.ErrnoException).code}; ${advice}`);
  }
}
