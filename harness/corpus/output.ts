import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { inputName } from '../inputs.ts';
import { UsageError } from '../usage.ts';

/**
 * Puts inputs into a folder, which is made if need be, under their names, each whole or not at all: they are written beside the folder, and
 * renamed into it. A name that is taken holds the same content.
 *
 * @throws {UsageError} where they cannot be written
 */
export function putAll(folder: string, inputs: Iterable<Uint8Array>): void {
  let stage: string | undefined;
  try {
    mkdirSync(folder, { recursive: true });
    stage = stageFor(folder);
    for (const data of inputs) {
      const path = join(folder, inputName(data));
      if (existsSync(path)) continue;
      const draft = join(stage, 'input');
      writeFileSync(draft, data);
      renameSync(draft, path);
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${folder}: cannot be written: ${(error as NodeJS.ErrnoException).code}`);
  } finally {
    if (stage !== undefined) rmSync(stage, { recursive: true, force: true });
  }
}

/** A folder on the same file system: a sibling, or, where there can be none, a hidden one in the folder itself. */
function stageFor(folder: string): string {
  const path = resolve(folder);
  const parent = dirname(path);
  if (statSync(parent).dev === statSync(path).dev) {
    try {
      return mkdtempSync(join(parent, `.${basename(path)}-`));
    } catch {
      // The folder may be all that the user can write.
    }
  }
  return mkdtempSync(join(path, '.kcovjs-'));
}
