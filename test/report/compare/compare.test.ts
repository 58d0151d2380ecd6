import { describe, expect, test } from 'vitest';
import { compare } from '../../../harness/report/compare/compare.ts';
import fc from '../../fast-check.ts';
import { anyRecord, recordOfFiles } from './records.ts';

const RUNS = { numRuns: 500 };

describe('whatever the records are', () => {
  test('nothing was gained or lost from one to itself', () => {
    fc.assert(
      fc.property(anyRecord, (one) => {
        expect(compare(one, structuredClone(one))).toMatchObject({ fell: false, files: [] });
      }),
      RUNS,
    );
  });

  test('what was gained one way was lost the other', () => {
    let seen = 0;
    fc.assert(
      fc.property(anyRecord, anyRecord, (one, other) => {
        const [there, back] = [compare(one, other), compare(other, one)];
        // A file that was moved goes by the path where it is now.
        const key = (file: (typeof there.files)[number], turned: boolean) =>
          turned ? (file.oldPath ?? file.path) : file.path;
        const returned = new Map(back.files.map((file) => [key(file, true), file]));
        expect(there.files.map((file) => key(file, false)).sort()).toEqual([...returned.keys()].sort());
        for (const file of there.files) {
          const turned = returned.get(file.path)!;
          seen += file.gained.length + file.newCovered.length;
          expect(turned.lost).toEqual(file.gained);
          expect(turned.gained).toEqual(file.lost);
          expect(turned.functions).toEqual({ gained: file.functions.lost, lost: file.functions.gained });
          expect(turned.branches).toEqual({ gained: file.branches.lost, lost: file.branches.gained });
          const own = [...file.newCovered, ...file.newUncovered].reduce((sum, { lines }) => sum + lines, 0);
          expect(turned.removed.lines).toBe(own);
        }
      }),
      RUNS,
    );
    expect(seen).toBeGreaterThan(100);
  });
});

const empty = {
  gained: [],
  lost: [],
  newCovered: [],
  newUncovered: [],
  removed: { lines: 0, covered: 0 },
  functions: { gained: [], lost: [] },
  branches: { gained: [], lost: [] },
};

describe('two corpora', () => {
  test('of which one lacks an input differ in its lines, and that input is named', () => {
    const inputs = ['a', 'bb', 'ccc'];
    const old = recordOfFiles({ 'a.js': ['+x@a bb', '+y@ccc', '', '+z@ccc', '+}@a'] }, inputs);
    const now = recordOfFiles({ 'a.js': ['+x@a bb', '-y', '', '-z', '+}@a'] }, ['a', 'bb']);
    const run = { start: 2, end: 4, lines: 2, inputs: [{ name: 'corpus/ccc', size: 3, inOther: false }] };
    expect(compare(old, now)).toMatchObject({ fell: true, files: [{ ...empty, path: 'a.js', lost: [run] }] });
    expect(compare(now, old)).toMatchObject({
      fell: false,
      files: [{ ...empty, path: 'a.js', gained: [run] }],
    });
  });

  test('an input that both have and that no longer gets there is told from one that is gone', () => {
    const old = recordOfFiles({ 'a.js': ['+x@a'] }, ['a']);
    const now = recordOfFiles({ 'a.js': ['-x'] }, ['a']);
    expect(compare(old, now).files[0]!.lost[0]!.inputs).toEqual([
      { name: 'corpus/a', size: 1, inOther: true },
    ]);
  });

  test('runs end where a line is covered in both; inputs that reach most of them come first', () => {
    const old = recordOfFiles({ 'a.js': ['+a@bb', '+b@a bb', '+c@a', '+d@bb'] }, ['a', 'bb']);
    const now = recordOfFiles({ 'a.js': ['-a', '-b', '+c@a', '-d'] }, ['a']);
    expect(compare(old, now).files[0]!.lost).toEqual([
      {
        start: 1,
        end: 2,
        lines: 2,
        inputs: [
          { name: 'corpus/bb', size: 2, inOther: false },
          { name: 'corpus/a', size: 1, inOther: true },
        ],
      },
      { start: 4, end: 4, lines: 1, inputs: [{ name: 'corpus/bb', size: 2, inOther: false }] },
    ]);
  });
});

describe('two revisions', () => {
  test('a line that was moved by an inserted block is not lost, and the block is new', () => {
    const old = recordOfFiles({ 'a.js': ['+one', '+two', '-three', '+four'] });
    const now = recordOfFiles({ 'a.js': ['+one', '+added', '-added too', '+two', '+three', '+four'] });
    expect(compare(old, now)).toMatchObject({
      fell: false,
      files: [
        {
          ...empty,
          gained: [{ start: 5, end: 5, other: 3 }],
          newCovered: [{ start: 2, end: 2 }],
          newUncovered: [{ start: 3, end: 3 }],
        },
      ],
    });
  });

  test('code that is gone counts as removed, not as lost', () => {
    const old = recordOfFiles({ 'a.js': ['+one', '+two', '-three'], 'b.js': ['+x'] });
    expect(compare(old, recordOfFiles({ 'a.js': ['+one'] }))).toMatchObject({
      fell: false,
      files: [
        { ...empty, path: 'a.js', removed: { lines: 2, covered: 1 } },
        { ...empty, path: 'b.js', removed: { lines: 1, covered: 1 } },
      ],
    });
  });

  test('a file that was moved is the same file', () => {
    const old = recordOfFiles({ 'a.js': ['+one', '+two'], 'c.js': ['+c'] });
    const now = recordOfFiles({ 'lib/b.js': ['+one', '-two'], 'c.js': ['+c'] });
    expect(compare(old, now)).toMatchObject({
      fell: true,
      files: [{ ...empty, path: 'lib/b.js', oldPath: 'a.js', lost: [{ start: 2, end: 2 }] }],
    });
  });

  test('a function or an arm that no longer runs is lost, wherever its line is now', () => {
    const at = (line: number, calls: number) => {
      const record = recordOfFiles({
        'a.js': [...Array<string>(line - 1).fill('// more'), 'function f() {'],
      });
      const [file] = record.files;
      file!.functions = { name: ['f'], line: [line], calls: [calls], smallest: [[]] };
      file!.branches = { type: ['if'], line: [line], column: [3], arm: [1], hits: [calls] };
      return record;
    };
    const { fell, files } = compare(at(1, 3), at(4, 0));
    expect({ fell, ...files[0] }).toMatchObject({
      fell: true,
      functions: { lost: [{ name: 'f', line: 1 }], gained: [] },
      branches: { lost: [{ type: 'if', line: 1, column: 3, arm: 1 }], gained: [] },
    });
  });
});
