import { closeSync, openSync, writeSync } from 'node:fs';

const FULL = 1 << 16;

/** Writes lines to a file, some at once: a report may have millions. @throws as the file system does */
export function writeLines(path: string, lines: Iterable<string>): void {
  const fd = openSync(path, 'w');
  try {
    let waiting = '';
    for (const line of lines) {
      waiting += `${line}\n`;
      if (waiting.length < FULL) continue;
      writeWhole(fd, waiting);
      waiting = '';
    }
    writeWhole(fd, waiting);
  } finally {
    closeSync(fd);
  }
}

function writeWhole(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}
