import type { Disk } from './disk.ts';
import { namesIn, remove } from './files.ts';
import type { Notes } from './notes.ts';

/** What libFuzzer begins with. */
export interface StartFolders {
  /** Folders that it can read: it ends the process over one that it cannot. */
  folders: string[];
  /** Inputs in them, at least as many as it will execute. */
  inputs: number;
}

/**
 * Makes folders of what may be folders and files: files get links in a folder of their own.
 *
 * @param links where that one may be
 * @param notes is told of what cannot be read, and is left out
 */
export function startFolders(
  disk: Disk,
  paths: readonly string[],
  links: string,
  notes: Notes,
): StartFolders {
  disk.mkdirSync(links, { recursive: true });
  for (const name of namesIn(disk, links)) remove(disk, `${links}/${name}`);
  const start: StartFolders = { folders: [], inputs: 0 };
  for (const [i, path] of paths.entries()) {
    try {
      if (disk.statSync(path).isDirectory()) addFolder(disk, path, start);
      else addFile(disk, path, `${links}/${i}`, start);
    } catch (error) {
      notes.failed(path, error, 'its inputs are left out');
    }
  }
  if (paths.length > 0) start.folders.push(links);
  return start;
}

function addFolder(disk: Disk, path: string, start: StartFolders): void {
  start.inputs += count(disk, path);
  start.folders.push(path);
}

function addFile(disk: Disk, path: string, link: string, start: StartFolders): void {
  disk.symlinkSync(path, link);
  start.inputs++;
}

/** Files below a folder, as libFuzzer looks for them. @throws where a folder cannot be read */
function count(disk: Disk, folder: string | Buffer): number {
  const entries = disk.readdirSync(folder, { withFileTypes: true, encoding: 'buffer' });
  return entries.reduce((sum, entry) => {
    if (!entry.isDirectory() || entry.name[0] === '.'.charCodeAt(0)) return sum + 1;
    return sum + count(disk, Buffer.concat([Buffer.from(folder), Buffer.from('/'), entry.name]));
  }, 0);
}
