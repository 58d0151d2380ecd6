import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault, FaultKind } from '../executor/fault.ts';
import { inputName } from '../inputs.ts';
import { replaceFile } from '../outputs.ts';
import { journalled } from './journal.ts';

/** An input that made something go wrong and has still to be looked at. */
export interface Candidate {
  /** Where it lies, in the folder of the worker that found it, until it has been looked at. */
  file: string;
  /** What went wrong, where the worker survived it. */
  fault?: Fault;
  /** What seems to have gone wrong where it did not. */
  guess?: FaultKind;
  /** Whether the worker was about to end anyway: what does not come again is nothing then. */
  isLate?: boolean;
  /** What the worker wrote last. */
  stderr?: string;
}

/** What libFuzzer calls the inputs of a process that dies; a target that exits is a crash to it. */
const ARTIFACT = /^(crash|timeout|oom|leak|slow-unit)-([0-9a-f]{40})$/;

/** Inputs that a worker has left: of faults that it survived, and of its death. */
export function leftBehind(workerFolder: string): Candidate[] {
  const faults = names(join(workerFolder, 'faults')).map((name) => ({
    file: join(workerFolder, 'faults', name),
    hash: name,
  }));
  return [...faults, ...artifacts(join(workerFolder, 'artifacts'))]
    .filter(({ file, hash }) => isWhole(file, hash))
    .map(({ hash: _, ...candidate }) => candidate);
}

/** The same of all workers, by the folder that has theirs. */
export const leftBehindIn = (folder: string): Candidate[] =>
  names(folder).flatMap((name) => leftBehind(join(folder, name)));

function artifacts(folder: string): (Candidate & { hash: string })[] {
  return names(folder).flatMap((name) => {
    const [, kind, hash] = ARTIFACT.exec(name) ?? [];
    const file = join(folder, name);
    if (kind === 'slow-unit') rmSync(file, { force: true });
    if (kind === undefined || kind === 'slow-unit') return [];
    return [{ file, hash: hash!, guess: kind === 'timeout' || kind === 'oom' ? kind : 'crash' }];
  });
}

/** The input that was running when a worker died and left nothing else, where it kept one: it is put with the others. */
export function lastOf(workerFolder: string): Candidate[] {
  const journal = join(workerFolder, 'current');
  try {
    const input = journalled(readFileSync(journal));
    if (input === null) return [];
    const file = join(workerFolder, 'faults', inputName(input));
    replaceFile(file, input);
    rmSync(journal, { force: true });
    return [{ file, guess: 'crash' }];
  } catch {
    return []; // It kept none.
  }
}

/** A process that is killed may leave a part. */
function isWhole(file: string, hash: string): boolean {
  try {
    if (inputName(readFileSync(file)) === hash) return true;
    rmSync(file, { force: true });
  } catch {
    // Gone, or not to be read: there is nothing to look at.
  }
  return false;
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
