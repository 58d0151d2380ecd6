import { writeFileSync } from 'node:fs';
import { loadPackage } from './packages.ts';
import { Rounds } from './rounds.ts';

/**
 * The target that both fuzzers run: what a user writes for a parser that may refuse an input. It says when its
 * first run began, and when each round of a corpus did, in milliseconds since 1970.
 */
const names = process.env['KCOVJS_BENCH_PACKAGES']!.split(',');
const out = process.env['KCOVJS_BENCH_OUT'];
const subjects = await Promise.all(names.map(loadPackage));
const now = (): number => performance.timeOrigin + performance.now();
const rounds = new Rounds(now);
let first = 0;

export function fuzz(data: Buffer): void {
  if (first === 0) first = now();
  if (out !== undefined) rounds.saw(data);
  for (const { parse } of subjects) {
    try {
      parse(data);
    } catch {
      // Refused; what is looked for here is coverage.
    }
  }
}

process.on('exit', () => {
  if (out !== undefined) writeFileSync(out, JSON.stringify({ first, rounds: rounds.starts }));
});
