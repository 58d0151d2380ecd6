import { replaceFileByParts } from '../outputs.ts';

const FULL = 1 << 16;

/** Writes lines to a file, some at once: a report may have millions. @throws as the file system does */
export const writeLines = (path: string, lines: Iterable<string>): void =>
  void replaceFileByParts(path, parts(lines));

function* parts(lines: Iterable<string>): Generator<string> {
  let waiting = '';
  for (const line of lines) {
    waiting += `${line}\n`;
    if (waiting.length < FULL) continue;
    yield waiting;
    waiting = '';
  }
  yield waiting;
}
