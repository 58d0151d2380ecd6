import { mkdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { findingsFolder } from '../findings/folders.ts';
import { type FindingRecord, readFindings } from '../findings/record.ts';
import { statOf } from '../inputs.ts';
import { slug, type TestCorpus } from './corpus.ts';
import { type FuzzArguments, withArguments } from './fuzz-arguments.ts';
import { fuzzProcess, type Heard, type Standing } from './fuzz-process.ts';
import type { FuzzTest } from './host/fuzz-test.ts';

export interface FuzzingRequest extends FuzzArguments {
  test: FuzzTest;
  corpus: TestCorpus;
  /** Ends it early. */
  signal: AbortSignal;
  /** Hears how it stands. */
  hear(heard: Heard): void;
}

/** Of clocks of files and processes, in milliseconds. */
const TOLERANCE = 1000;

/**
 * Fuzzes a test in processes of its own, until its time is over or something is found.
 *
 * @throws where it cannot be fuzzed, in one line
 */
export async function fuzzing(request: FuzzingRequest): Promise<FindingRecord[]> {
  const { test, corpus } = request;
  const own = generatedFolder(test);
  mkdirSync(own, { recursive: true });
  const before = Date.now();
  let summary: Standing | undefined;
  const hear = (heard: Heard): void => {
    if (heard.type === 'summary') summary = heard;
    request.hear(heard);
  };
  const isFound = await withArguments(request, [own, ...corpus.roots.filter(isThere)], (args) =>
    fuzzProcess(args, request.signal, hear),
  );
  if (isFound) return findings(own, before);
  if (summary !== undefined) checkFuzzed(summary);
  return [];
}

function findings(own: string, since: number): FindingRecord[] {
  const folder = findingsFolder(own);
  const found = readFindings(folder, () => {}).filter(
    ({ lastSeen }) => Date.parse(lastSeen) >= since - TOLERANCE,
  );
  if (found.length === 0) throw new Error(`what was found cannot be read; it is in ${folder}`);
  return found;
}

/** It would pass, and have tried next to nothing. */
function checkFuzzed({ executions, sites }: Standing): void {
  if (executions === 0) throw new Error('its time was over before the first run; give it more');
  if (sites === 0)
    throw new Error("nothing that it runs is instrumented; the option 'includes' says which code is");
}

const isThere = (path: string): boolean => statOf(path) !== undefined;

/** Inputs that reach something new are no test cases, and nobody's to keep: they lie where caches do. */
function generatedFolder({ file, names }: FuzzTest): string {
  let folder = dirname(file);
  while (!isThere(join(folder, 'node_modules')) && dirname(folder) !== folder) folder = dirname(folder);
  return join(folder, 'node_modules/.cache/kcovjs/fuzz', ...[relative(folder, file), ...names].map(slug));
}
