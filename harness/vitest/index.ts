import { readFileSync } from 'node:fs';
import { basename, relative } from 'node:path';
import { describe, test } from 'vitest';
import type { FuzzTarget } from '../engine/execution.ts';
import { inputFiles } from '../inputs.ts';
import { invoke } from '../invoke.ts';

export interface FuzzTestOptions {
  /** Folders of inputs, or inputs; each file is one test, by its path. */
  corpus: string | readonly string[];
}

/**
 * Runs each input of a corpus as an ordinary test: seeds, and what once made the target fail. The empty input is
 * always among them, so that the target runs at least once.
 *
 * @throws where the corpus is not there
 */
export function fuzz(name: string, target: FuzzTarget, { corpus }: FuzzTestOptions): void {
  const roots = typeof corpus === 'string' ? [corpus] : corpus;
  describe(name, () => {
    test('the empty input', () => invoke(target, Buffer.alloc(0)));
    for (const root of roots) {
      for (const file of inputFiles([root])) {
        test(relative(root, file) || basename(file), () => invoke(target, readFileSync(file)));
      }
    }
  });
}
