import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { FuzzTarget } from '../../harness/engine/execution.ts';
import { inputFiles } from '../../harness/inputs.ts';
import { invoke } from '../../harness/invoke.ts';
import { fuzz } from '../../harness/vitest/index.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const targets = readdirSync(join(ROOT, 'harness/targets'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replace(/\.ts$/, ''));

/**
 * Inputs that still fail, since the package is kept at a version with that bug, and how. When a package is
 * updated and one of them is mended, its test says so.
 */
const known = JSON.parse(readFileSync(join(ROOT, 'corpus/known.json'), 'utf8')) as Record<string, string>;

test('every bundled target has seeds, and every corpus a target', () => {
  const corpora = readdirSync(join(ROOT, 'corpus'), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  expect(corpora.map(({ name }) => name).sort()).toEqual([...targets].sort());
  for (const name of targets)
    expect(inputFiles([join(ROOT, 'corpus', name, 'seeds')]).length, name).toBeGreaterThan(0);
});

for (const name of targets) {
  const { fuzz: target } = (await import(`../../harness/targets/${name}.ts`)) as { fuzz: FuzzTarget };
  const folder = join(ROOT, 'corpus', name);
  const files = inputFiles([folder]);
  const path = (file: string): string => file.slice(join(ROOT, 'corpus').length + 1);
  const mended = files.filter((file) => known[path(file)] === undefined);
  if (mended.length > 0) fuzz(name, target, { corpus: mended });

  const broken = files.filter((file) => known[path(file)] !== undefined);
  describe.runIf(broken.length > 0)(`${name}: known bugs of this version`, () => {
    for (const file of broken) {
      test(path(file), async () => {
        const error: unknown = await invoke(target, readFileSync(file)).catch((caught: unknown) => caught);
        expect(String(error)).toBe(known[path(file)]);
      });
    }
  });
}

test('every known bug has its input', () => {
  const all = targets.flatMap((name) => inputFiles([join(ROOT, 'corpus', name)]));
  for (const file of Object.keys(known)) expect(all).toContain(join(ROOT, 'corpus', file));
});
