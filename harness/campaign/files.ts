import { constants } from 'node:fs';
import type { Disk } from './disk.ts';

/** Files read and written whole, by calls that a target cannot replace. */

/** Of libFuzzer's inputs: their sha1. */
export const isHash = (name: string): boolean => /^[0-9a-f]{40}$/.test(name);

/** What a kill may leave behind begins so. */
export const TEMPORARY = '.kcovjs-';

/**
 * The first bytes of a file.
 *
 * @throws for what is no file, too
 */
export function readFile(disk: Disk, path: string | Buffer, limit = Number.POSITIVE_INFINITY): Buffer {
  // Without waiting for the other end of a pipe.
  const fd = disk.openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = disk.fstatSync(fd);
    if (!stats.isFile()) throw new Error('it is no file');
    const bytes = Buffer.alloc(Math.min(stats.size, limit));
    let length = 0;
    for (let got = -1; got !== 0 && length < bytes.length; length += got)
      got = disk.readSync(fd, bytes, length, bytes.length - length, length);
    return bytes.subarray(0, length);
  } finally {
    disk.closeSync(fd);
  }
}

/** @throws if it cannot be written; nothing is left behind then */
export function writeFile(disk: Disk, path: string, bytes: Uint8Array): void {
  const fd = disk.openSync(path, 'w');
  try {
    try {
      for (let done = 0; done < bytes.length; )
        done += disk.writeSync(fd, bytes, done, bytes.length - done, done);
    } finally {
      disk.closeSync(fd);
    }
  } catch (error) {
    remove(disk, path);
    throw error;
  }
}

/**
 * Writes a file that is there as a whole or not at all, in a folder that is made where it is missing.
 *
 * @param tag tells the temporary files of one writer from those of others
 * @throws if it cannot be written
 */
export function writeWhole(disk: Disk, folder: string, name: string, bytes: Uint8Array, tag: string): void {
  const fresh = `${folder}/${TEMPORARY}${tag}-${name}`;
  const write = (): void => writeFile(disk, fresh, bytes);
  try {
    write();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    disk.mkdirSync(folder, { recursive: true });
    write();
  }
  try {
    disk.renameSync(fresh, `${folder}/${name}`);
  } catch (error) {
    remove(disk, fresh);
    throw error;
  }
}

/** Removes a file where it can be removed. */
export function remove(disk: Disk, path: string): void {
  try {
    disk.unlinkSync(path);
  } catch {
    // It is gone, or the folder cannot be written, which the next write tells.
  }
}

/** Names in a folder, a character for each byte, whatever their encoding. @throws if it cannot be read */
export const namesIn = (disk: Disk, folder: string): string[] => disk.readdirSync(folder, 'latin1');

/** The path of such a name. */
export const pathOf = (folder: string, name: string): Buffer =>
  Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, 'latin1')]);
