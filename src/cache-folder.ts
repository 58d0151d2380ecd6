import { randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Folders of things that can be made again, and that are run as code: they must be the user's alone. */

/** `$XDG_CACHE_HOME/kcovjs`, or `~/.cache/kcovjs`. */
export function cacheHome(env: NodeJS.ProcessEnv = process.env): string {
  return join(env['XDG_CACHE_HOME'] || join(home(), '.cache'), 'kcovjs');
}

/** A user by number alone, as containers have them, may have no home. */
function home(): string {
  try {
    return homedir();
  } catch {
    return '/nonexistent';
  }
}

/**
 * Makes a folder unless it is there.
 *
 * @throws if it cannot be made, or if others can write it, who could put their code there
 */
export function ownFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const { uid, mode } = lstatSync(path);
  if (uid !== process.getuid!() || (mode & 0o022) !== 0) throw new Error('others can write there');
}

/**
 * Writes a file that is there as a whole or not at all. Other processes may write the same one at the same time.
 *
 * @throws if it cannot be written; nothing is left behind then
 */
export function writeWhole(path: string, content: Uint8Array, mode: number): void {
  const fresh = `${path}.${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    writeFileSync(fresh, content, { flag: 'wx', mode });
    renameSync(fresh, path);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}
