import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

describe('the devices’ pages', () => {
  test.each([
    ['docs/kcov.md', 'test/kcov'],
    ['docs/ksyms.md', 'test/ksyms'],
  ])('%s names tests that there are', (page, folder) => {
    const rows = [...read(page).matchAll(/\| `([^`]+\.test\.ts)`: (.+) \|$/gm)];
    expect(rows.length).toBeGreaterThan(20);
    for (const [, file, name] of rows) expect(read(join(folder, file!)), `${file}: ${name}`).toContain(name);
  });
});

test('links between pages lead somewhere', () => {
  const pages = [
    'README.md',
    'CONTRIBUTING.md',
    ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => join('docs', name)),
  ];
  for (const page of pages) {
    for (const [, link] of read(page).matchAll(/\]\(([^)#]+)/g)) {
      if (link!.startsWith('http')) continue;
      expect(existsSync(join(ROOT, dirname(page), link!)), `${page}: ${link}`).toBe(true);
    }
  }
});
