import { randomBytes } from 'node:crypto';
import { closeSync, linkSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { basename, dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { UsageError } from '../usage.ts';

/**
 * One campaign for each folder. The lock is a socket that its holder listens on: the kernel closes it however the
 * process ends, so nobody has to guess from times or process numbers whether the holder is still there, which clocks
 * that jump and containers make wrong.
 */
export interface Lock {
  release(): void;
}

/** Milliseconds for the holder to say who it is; it holds the lock also if it does not. */
const PATIENCE = 1000;
/** Milliseconds after which whoever has taken the lock knows that it is his. */
const SETTLING = 100;

/** Holds the lock? Then its process number, 0 where it does not say. */
type Holder = { pid: number } | null;

/**
 * @param path of the lock, in a folder that is there
 * @param name what the user calls the thing that is locked
 * @throws {UsageError} where another process holds it
 */
export async function lock(path: string, name: string): Promise<Lock> {
  // Names of sockets are short, paths are not.
  const folder = openSync(dirname(path), 'r');
  const near = (file: string): string => `/proc/self/fd/${folder}/${file}`;
  const [final, own, old] = ['', `.${unique()}`, `.${unique()}`].map((part) => near(basename(path) + part));
  let server: Server | undefined;
  try {
    server = await listen(own!);
    for (let isContended = false; !(await isTaken(own!, final!, isContended)); isContended = true) {
      const holder = (await holderOf(final!)) ?? (await seize(final!, old!));
      if (holder !== null)
        throw new UsageError(
          `${name}: another campaign works there${holder.pid > 0 ? ` (process ${holder.pid})` : ''}; stop it or name another folder`,
        );
    }
  } catch (error) {
    server?.close();
    closeSync(folder);
    throw error;
  } finally {
    sweep(
      dirname(path),
      [own!, old!].map((file) => basename(file)),
    );
  }
  return { release: () => release(server!, final!, folder) };
}

const unique = (): string => `${process.pid}.${randomBytes(4).toString('hex')}`;

function release(server: Server, path: string, folder: number): void {
  rmSync(path, { force: true });
  closeSync(folder);
  server.close();
}

function listen(path: string): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.end(String(process.pid));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      // It must not keep a process that is done.
      server.unref();
      resolve(server);
    });
  });
}

/** Of several that find a dead lock, one may take away for a moment what another has just put there. */
async function isTaken(own: string, final: string, isContended: boolean): Promise<boolean> {
  if (!isLinked(own, final)) return false;
  if (!isContended) return true;
  await setTimeout(SETTLING);
  return inode(own) === inode(final);
}

const inode = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.ino;

function isLinked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function holderOf(path: string): Promise<Holder> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(path);
    const done = (holder: Holder): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(holder);
    };
    const timer = globalThis.setTimeout(() => done({ pid: 0 }), PATIENCE);
    socket.on('data', (data) => {
      text += data;
    });
    socket.on('end', () => done({ pid: Number(text) || 0 }));
    socket.on('error', () => done(null));
  });
}

/** Takes a dead lock away, once; what came in its place meanwhile is put back. */
async function seize(path: string, old: string): Promise<Holder> {
  try {
    renameSync(path, old);
  } catch {
    return null; // Somebody else was faster.
  }
  const holder = await holderOf(old);
  if (holder !== null) isLinked(old, path);
  rmSync(old, { force: true });
  return holder;
}

function sweep(folder: string, names: readonly string[]): void {
  try {
    for (const name of readdirSync(folder)) if (names.includes(name)) rmSync(`${folder}/${name}`);
  } catch {
    // The folder went away; so did they.
  }
}
