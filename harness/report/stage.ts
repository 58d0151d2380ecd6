import { mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../usage.ts';

/**
 * Has files written beside their places, and moves them there when all are whole.
 *
 * @param dir is there
 * @throws what `write` throws, after all that it has written is gone; {UsageError} where the file system refuses
 */
export function staged(dir: string, write: (stage: string) => void): void {
  try {
    const stage = mkdtempSync(join(dir, '.kcovjs-'));
    try {
      write(stage);
      for (const name of readdirSync(stage)) put(join(stage, name), join(dir, name));
    } finally {
      rmSync(stage, { recursive: true, force: true });
    }
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === undefined || syscall === undefined) throw error;
    throw new UsageError(`${dir}: cannot be written: ${code}; name another folder with -o`);
  }
}

/** A folder takes the place of the one before it. */
function put(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  renameSync(from, to);
}
