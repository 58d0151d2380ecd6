import { writeSync } from 'node:fs';

/** One line on standard error, at once, from whichever thread: a hook's thread may never flush a stream. */
export function warn(message: string): void {
  writeSync(2, `kcovjs: ${message}\n`);
}
