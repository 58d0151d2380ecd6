import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');

/** The table of the README: folder → folders that it may import. */
function table(): Map<string, string[]> {
  const rows = readFileSync(join(ROOT, 'README.md'), 'utf8').matchAll(
    /^\| `((?:src|harness)[^`]*)` \|[^|]*\|([^|]*)\|$/gm,
  );
  return new Map(
    [...rows].map(([, folder, allowed]) => [
      folder!,
      [...allowed!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!),
    ]),
  );
}

const files = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join(folder, name));

/** Imports by relative path, from the project's root. */
function imports(file: string): string[] {
  const code = readFileSync(join(ROOT, file), 'utf8');
  const found = code.matchAll(/(?:from|import) '(\.[^']+)'/g);
  return [...found].map(([, path]) => join(dirname(file), path!));
}

test('every folder stands in the README, and every row is a folder', () => {
  const folders = new Set([...files('src'), ...files('harness')].map((file) => dirname(file)));
  expect([...table().keys()].sort()).toEqual([...folders].sort());
});

test('imports run as the README says', () => {
  const rules = table();
  for (const file of [...files('src'), ...files('harness')]) {
    const own = dirname(file);
    for (const target of imports(file)) {
      const to = dirname(target);
      expect([own, ...rules.get(own)!], `${file} imports ${target}`).toContain(to);
    }
  }
});

test('only the engine knows Jazzer.js', () => {
  for (const file of [...files('src'), ...files('harness')]) {
    if (dirname(file) === 'harness/engine') continue;
    const code = readFileSync(join(ROOT, file), 'utf8');
    expect(code, file).not.toMatch(/(?:from|import|require\() ?'@jazzer\.js/);
  }
});
