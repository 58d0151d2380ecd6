import { createHash } from 'node:crypto';
import fs from 'node:fs';

type Calls =
  | 'closeSync'
  | 'fstatSync'
  | 'linkSync'
  | 'mkdirSync'
  | 'openSync'
  | 'readSync'
  | 'readdirSync'
  | 'renameSync'
  | 'statSync'
  | 'symlinkSync'
  | 'unlinkSync'
  | 'utimesSync'
  | 'writeSync';

/** The file system, as it was before a target or a hook replaced anything of it. */
export interface Disk extends Pick<typeof fs, Calls> {
  /** In hex, as libFuzzer names inputs. */
  sha1(bytes: Uint8Array): string;
  /** Milliseconds since the epoch. */
  time(): number;
}

/**
 * To be called before the target is loaded. Of the functions of node:fs only those are taken that call no other of
 * them.
 */
export function ownDisk(): Disk {
  const create = createHash;
  const { now } = Date;
  return { ...fs, sha1: (bytes) => create('sha1').update(bytes).digest('hex'), time: () => now() };
}

/** The code of a failed call: `ENOSPC`. */
export const codeOf = (error: unknown): string =>
  String((error as NodeJS.ErrnoException | null)?.code ?? 'error');

/** What a failed call says of itself, without its arguments: `no space left on device`. */
export const reasonOf = (error: unknown): string =>
  /^\w+: ([^,]+)/.exec((error as Error).message)?.[1] ?? (error as Error).message;
