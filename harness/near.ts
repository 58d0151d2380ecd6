import { relative, resolve } from 'node:path';

/** A path as a person who works here would write it: relative, unless that leads out of the working directory. */
export function near(path: string): string {
  const from = relative('', path);
  return from === '' || from.startsWith('..') ? resolve(path) : from;
}
