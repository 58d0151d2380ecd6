import { statSync } from 'node:fs';
import { register } from '../../src/loader/register.ts';
import { collect } from '../collect.ts';
import { inputFiles, readInput } from '../inputs.ts';
import { answer } from './answer.ts';
import { loadPackage } from './packages.ts';

/** A process of its own that counts what a corpus reaches: one measure for whoever found the inputs. */
export interface ReplayRequest {
  name: string;
  include: string[];
  seeds: string;
  corpus: string;
  /** When the fuzzer was started, in milliseconds since 1970. */
  started: number;
}

export interface ReplayResult {
  /** Inputs that were found. */
  files: number;
  /** Different PCs that have been reached, after so many seconds; the seeds' own at 0. */
  steps: [seconds: number, pcs: number][];
}

async function replay({ name, include, seeds, corpus, started }: ReplayRequest): Promise<ReplayResult> {
  register({ include });
  const { parse } = await loadPackage(name);
  const reached = new Set<bigint>();
  const add = (path: string): void => {
    const { data } = readInput(path);
    const { pcs } = collect(() => {
      try {
        parse(data);
      } catch {
        // Refused; how far it came counts all the same.
      }
    });
    for (const pc of pcs) reached.add(pc);
  };
  for (const path of inputFiles([seeds])) add(path);
  const steps: ReplayResult['steps'] = [[0, reached.size]];
  const found = inputFiles([corpus])
    .map((path) => ({ path, seconds: (statSync(path).mtimeMs - started) / 1000 }))
    .sort((a, b) => a.seconds - b.seconds);
  for (const { path, seconds } of found) {
    const before = reached.size;
    add(path);
    if (reached.size > before) steps.push([Math.max(0, seconds), reached.size]);
  }
  return { files: found.length, steps };
}

await answer(replay);
