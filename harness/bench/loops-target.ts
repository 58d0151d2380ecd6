import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { type Loops, timeLoops } from './loops.ts';

/** The same loops within the peer, which has one form for CommonJS and one for ES modules. */
const { file, pace } = JSON.parse(process.env['KCOVJS_BENCH_REQUEST']!);
const loops = (await import(pathToFileURL(file).href)) as Loops;
let measured = false;

export function fuzz(): void {
  if (measured) return;
  measured = true;
  writeFileSync(process.env['KCOVJS_BENCH_OUT']!, JSON.stringify(timeLoops(loops, pace)));
}
