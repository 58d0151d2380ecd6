import { writeFileSync } from 'node:fs';
import { loadPackage } from './packages.ts';

/**
 * The target that both fuzzers run: what a user writes for a parser that may refuse an input. It says when its
 * first run began and when the process ended, in milliseconds since 1970.
 */
const names = process.env['KCOVJS_BENCH_PACKAGES']!.split(',');
const subjects = await Promise.all(names.map(loadPackage));
let first = 0;

export function fuzz(data: Buffer): void {
  if (first === 0) first = performance.timeOrigin + performance.now();
  for (const { parse } of subjects) {
    try {
      parse(data);
    } catch {
      // Refused; what is looked for here is coverage.
    }
  }
}

process.on('exit', () => {
  const out = process.env['KCOVJS_BENCH_OUT'];
  if (out === undefined) return;
  writeFileSync(out, JSON.stringify({ first, end: performance.timeOrigin + performance.now() }));
});
