import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { campaignFolder, findingsFolder } from '../../harness/findings/folders.ts';
import { readFindings, recordOf, stateOf, writeFinding } from '../../harness/findings/record.ts';
import { finding } from '../screen/states.ts';

let folder: string;
const lines: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kcovjs-findings-'));
  lines.length = 0;
});
const tell = (line: string): unknown => lines.push(line);

function add(name: string, number: number, inputs: string[] = []): string {
  const own = join(folder, name);
  mkdirSync(own);
  const state = finding(number, { folder: own, file: join(own, 'input') });
  writeFinding(own, recordOf(state, inputs));
  return own;
}

describe('a finding', () => {
  test('comes back from its file as it was written, beside nothing else', () => {
    const own = add('a', 1, ['input-1', 'input-2']);
    expect(readdirSync(own)).toEqual(['finding.json']);
    const [record] = readFindings(folder, tell);
    expect(record).toMatchObject({
      version: 1,
      inputs: ['input-1', 'input-2'],
      firstSeen: '2026-11-21T20:00:01.000Z',
    });
    expect(stateOf(record!)).toEqual(finding(1, { folder: own, file: join(own, 'input') }));
  });

  test('may be moved with its folder', () => {
    add('a', 1);
    renameSync(folder, `${folder}-moved`);
    const [record] = readFindings(`${folder}-moved`, tell);
    expect(record).toMatchObject({
      folder: join(`${folder}-moved`, 'a'),
      file: join(`${folder}-moved`, 'a/input'),
    });
  });

  test('keeps what others have added to it', () => {
    const own = add('a', 1);
    const path = join(own, 'finding.json');
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), key: 'k', more: [1] }));
    writeFinding(own, readFindings(folder, tell)[0]!);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ key: 'k', more: [1] });
  });

  test('is not written half, and not over one that is whole, where it is none', () => {
    const own = add('a', 1);
    const before = readFileSync(join(own, 'finding.json'), 'utf8');
    const broken = { ...recordOf(finding(2), []), count: -1 };
    expect(() => writeFinding(own, broken)).toThrow();
    expect(readFileSync(join(own, 'finding.json'), 'utf8')).toBe(before);
  });
});

describe('a folder of findings', () => {
  test('is read in the order in which they were first seen', () => {
    for (const [name, number] of [
      ['x', 3],
      ['y', 1],
      ['z', 2],
    ] as const)
      add(name, number);
    expect(readFindings(folder, tell).map(({ count }) => count)).toEqual([3, 6, 9]);
    expect(lines).toEqual([]);
  });

  test('that is not there has none; files and what is being made are passed over', () => {
    expect(readFindings(join(folder, 'no'), tell)).toEqual([]);
    writeFileSync(join(folder, 'README'), '');
    mkdirSync(join(folder, '.making'));
    expect(readFindings(folder, tell)).toEqual([]);
    expect(lines).toEqual([]);
  });

  test.each<[string, (text: string) => string, RegExp]>([
    ['cut off', (text) => text.slice(0, 50), /b\/finding\.json: is no JSON: /],
    ['empty', () => '', /b\/finding\.json: is no JSON: /],
    ['another thing', () => '[]', /b\/finding\.json: it: .*expected object/],
    [
      'of a later version',
      (text) => text.replace('"version": 1', '"version": 2'),
      /b\/finding\.json: version: .*1/,
    ],
    [
      'of an unknown kind',
      (text) => text.replace('"error"', '"mood"'),
      /b\/finding\.json: kind: .*"error"\|"detector"/,
    ],
    [
      'without a title',
      (text) => text.replace('"title"', '"name"'),
      /b\/finding\.json: title: .*expected string/,
    ],
    ['of no time', (text) => text.replace('2026-11-21T20', 'soon'), /b\/finding\.json: (first|last)Seen: /],
  ])('tells in one line of one that is %s, and shows the others', (_, damage, line) => {
    for (const [name, number] of [
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ] as const)
      add(name, number);
    const path = join(folder, 'b/finding.json');
    writeFileSync(path, damage(readFileSync(path, 'utf8')));
    expect(readFindings(folder, tell).map(({ count }) => count)).toEqual([3, 9]);
    expect(lines).toEqual([expect.stringMatching(line)]);
    expect(lines[0]).not.toContain('\n');
  });

  test('tells of a folder without a file', () => {
    mkdirSync(join(folder, 'empty'));
    expect(readFindings(folder, tell)).toEqual([]);
    expect(lines).toEqual([`${folder}/empty/finding.json: cannot be read: ENOENT`]);
  });
});

test('a campaign keeps its things beside its corpus, however that is written', () => {
  expect(['corpus', 'corpus/', './a/../corpus//', '/c/d/'].map(campaignFolder)).toEqual([
    'corpus.kcovjs',
    'corpus.kcovjs',
    'corpus.kcovjs',
    '/c/d.kcovjs',
  ]);
  expect(campaignFolder('.')).toBe(`${process.cwd()}.kcovjs`);
  expect(campaignFolder('..')).toBe(`${join(process.cwd(), '..')}.kcovjs`);
  expect(findingsFolder('corpus')).toBe('corpus.kcovjs/findings');
});
