import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { CoverageMapData, FileCoverageData } from 'istanbul-lib-coverage';
import { describe, expect, test } from 'vitest';
import { readSource, type Source } from '../../harness/report/model/source.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const DIST = join(ROOT, 'dist');

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => join(entry.parentPath, entry.name));
}

function istanbul(target: string, part: string, files: readonly string[]): CoverageMapData {
  const script = join(ROOT, 'test/report/istanbul-counters.mjs');
  const out = execFileSync(process.execPath, [script, DIST, target, part, ...files], {
    maxBuffer: 1 << 28,
    encoding: 'utf8',
  });
  return JSON.parse(out) as CoverageMapData;
}

function ours(target: string, part: string, files: readonly string[]): CoverageMapData {
  const dir = mkdtempSync(join(tmpdir(), 'kcovjs-'));
  const args = [
    'report',
    target,
    '-i',
    part,
    '--disable-bug-detectors',
    '.*',
    '--format',
    'json',
    '-o',
    dir,
    ...files,
  ];
  execFileSync(process.execPath, [join(DIST, 'harness/cli/main.js'), ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return JSON.parse(readFileSync(join(dir, 'coverage-final.json'), 'utf8')) as CoverageMapData;
}

/**
 * The one lawful difference. A block is counted when it is entered, and a statement of it that throws, or calls
 * what throws, keeps the ones behind it from running. So we may say more of a statement than istanbul does, but
 * only behind another one of its block, and then what istanbul says of the block's first.
 */
function explained(source: Source, theirs: FileCoverageData, id: string, count: number): boolean {
  const block = blockOf(source, theirs.statementMap[id]!.start);
  const behind = Object.keys(theirs.statementMap)
    .filter((other) => blockOf(source, theirs.statementMap[other]!.start) === block)
    .sort((a, b) => offset(source, theirs, a) - offset(source, theirs, b));
  return behind.indexOf(id) > 0 && theirs.s[behind[0]!] === count && theirs.s[id]! < count;
}

const offset = (source: Source, { statementMap }: FileCoverageData, id: string): number =>
  source.lineStarts[statementMap[id]!.start.line - 1]! + statementMap[id]!.start.column;

const blockOf = (source: Source, { line, column }: { line: number; column: number }) =>
  source.analysis.blockAt(source.lineStarts[line - 1]! + column);

function compare(mine: FileCoverageData, theirs: FileCoverageData): { checked: number; lawful: number } {
  const source = readSource(theirs.path);
  let lawful = 0;
  expect(mine.statementMap).toEqual(theirs.statementMap);
  for (const [id, count] of Object.entries(mine.s)) {
    if (count === theirs.s[id]) continue;
    const { line, column } = theirs.statementMap[id]!.start;
    const what = `${theirs.path}:${line}:${column + 1}: we say ${count}, istanbul ${theirs.s[id]}`;
    expect(explained(source, theirs, id, count), what).toBe(true);
    lawful++;
  }
  expect(mine.f).toEqual(theirs.f);
  return { checked: Object.keys(mine.s).length, lawful };
}

describe('statements and functions are counted as istanbul counts them', () => {
  test.each([
    ['jpeg-js', 'node_modules/jpeg-js/'],
    ['json5', 'node_modules/json5/'],
    ['smol-toml', 'node_modules/smol-toml/'],
  ])('%s, over its corpus', (name, part) => {
    const target = join(ROOT, 'harness/targets', `${name}.ts`);
    const files = filesBelow(join(ROOT, 'corpus', name));
    const [mine, theirs] = [ours(target, part, files), istanbul(target, part, files)];
    expect(Object.keys(mine).sort()).toEqual(Object.keys(theirs).sort());
    let statements = 0;
    let lawful = 0;
    for (const path of Object.keys(theirs)) {
      const result = compare(mine[path] as FileCoverageData, theirs[path] as FileCoverageData);
      statements += result.checked;
      lawful += result.lawful;
    }
    expect(statements).toBeGreaterThan(100);
    // If it were the rule and not the exception, blocks would be wrong.
    expect(lawful).toBeLessThan(statements / 20);
  });

  test('every kind of statement', () => {
    const target = join(ROOT, 'test/fixtures/report/statements.cjs');
    const file = join(ROOT, 'test/fixtures/report/input');
    const [mine, theirs] = [
      ours(target, 'fixtures/report/', [file]),
      istanbul(target, 'fixtures/report/', [file]),
    ];
    const path = Object.keys(theirs)[0]!;
    expect(compare(mine[path] as FileCoverageData, theirs[path] as FileCoverageData).lawful).toBe(1);
    expect((mine[path] as FileCoverageData).b).toEqual((theirs[path] as FileCoverageData).b);
  });
});
