import { randomBytes } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UsageError } from './usage.ts';

const ANOTHER = 'name another with -o';

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
    throw refusal(name, error, advice);
  }
}

/**
 * Sees whether a folder is there and can be written, or can be made, before there is anything to write.
 *
 * @throws {UsageError} where it cannot
 */
export function checkFolder(path: string): void {
  let there = resolve(path);
  while (!existsSync(there)) there = dirname(there);
  try {
    accessSync(`${there}/.`, constants.W_OK);
  } catch (error) {
    throw refusal(path, error, 'name another folder');
  }
}

/**
 * Sees whether a file can be written, before there is anything to write.
 *
 * @throws {UsageError} where it cannot
 */
export function checkOutput(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new UsageError(`${path}: is a folder; name a file with -o`);
  try {
    accessSync(dirname(path), constants.W_OK);
  } catch (error) {
    throw refusal(path, error, ANOTHER);
  }
}

/**
 * Writes a file that was asked for, all of it or nothing.
 *
 * @throws {UsageError} where it cannot be written, with what to do
 */
export function writeOutput(path: string, data: string | Uint8Array, advice = ANOTHER): void {
  try {
    replaceFile(path, data);
  } catch (error) {
    throw refusal(path, error, advice);
  }
}

/**
 * Writes a file so that it is there whole or not at all, however the process ends: beside its place, under a name that
 * begins with a dot, and renamed into it.
 *
 * @throws as the file system does
 */
export function replaceFile(path: string, data: string | Uint8Array): void {
  replacing(path, (temporary) => writeFileSync(temporary, data));
}

/**
 * The same, of parts that come one after the other and are too much for the memory.
 *
 * @throws as the file system does, and what the parts throw
 */
export function replaceFileByParts(path: string, parts: Iterable<string>): { bytes: number } {
  let bytes = 0;
  replacing(path, (temporary) => {
    const fd = openSync(temporary, 'w');
    try {
      for (const part of parts) bytes += writeWhole(fd, Buffer.from(part));
    } finally {
      closeSync(fd);
    }
  });
  return { bytes };
}

/** A write may take a part of what it is given. */
function writeWhole(fd: number, data: Buffer): number {
  let at = 0;
  while (at < data.length) at += writeSync(fd, data, at);
  return at;
}

function replacing(path: string, write: (temporary: string) => void): void {
  const temporary = join(dirname(path), `.kcovjs-${process.pid}-${randomBytes(6).toString('hex')}`);
  try {
    write(temporary);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

const refusal = (name: string, error: unknown, advice: string): UsageError =>
  new UsageError(`${name}: cannot be written: ${(error as NodeJS.ErrnoException).code}; ${advice}`);
