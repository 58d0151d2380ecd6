import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { codeFrame } from '../../harness/screen/code-frame.ts';
import { width } from '../../harness/screen/text.ts';
import fc from '../fast-check.ts';

const CODE = [
  'function f(x) {',
  '\tif (x) {',
  "\t\tthrow new Error('漢字' + x);",
  '\t}',
  '}',
  'f(1);',
  '',
].join('\n');
const COLOR = new RegExp(`${'\x1b'}\\[\\d+m`, 'g');
const plain = { color: false, width: 80 };

describe('a code frame', () => {
  test('shows the lines around a place, and a mark below it', () => {
    expect(codeFrame(CODE, { line: 3, column: 9 }, plain)).toEqual([
      '  1 | function f(x) {',
      '  2 |   if (x) {',
      "> 3 |     throw new Error('漢字' + x);",
      '    |           ^',
      '  4 |   }',
      '  5 | }',
      '  6 | f(1);',
    ]);
  });

  test('has its mark in the right column behind wide characters, and at the end of a line', () => {
    const [, , , mark] = codeFrame(CODE, { line: 3, column: 24 }, plain);
    expect(mark).toBe(`    | ${' '.repeat(4 + "throw new Error('漢字' ".length + 2)}^`);
    expect(codeFrame('f(1);', { line: 1, column: 6 }, plain)).toEqual(['> 1 | f(1);', '    |      ^']);
  });

  test('of a place that the text does not have is none', () => {
    expect(codeFrame(CODE, { line: 8, column: 1 }, plain)).toEqual([]);
    expect(codeFrame(CODE, { line: 1, column: 17 }, plain)).toEqual([]);
    expect(codeFrame(CODE, { line: 0, column: 1 }, plain)).toEqual([]);
    expect(codeFrame(CODE, { line: 1, column: 0 }, plain)).toEqual([]);
  });

  test('of a minified file is cut around the place', () => {
    const minified = Array.from({ length: 100_000 }, (_, i) => `f${i}();`).join('');
    const column = minified.indexOf('f5000(') + 1;
    const [line, mark] = codeFrame(minified, { line: 1, column }, plain) as [string, string];
    expect(width(line)).toBeLessThanOrEqual(80);
    expect(line.slice(mark.indexOf('^'))).toMatch(/^f5000\(\);f5001/);
    expect(line).toMatch(/^> 1 \| ….*…$/);
  });

  test('in colour says the same', () => {
    const colored = codeFrame(CODE, { line: 3, column: 9 }, { ...plain, color: true });
    expect(colored.join('')).toContain('\x1b[');
    const text = stripVTControlCharacters(colored.join('\n'));
    expect(text).toBe(codeFrame(CODE, { line: 3, column: 9 }, plain).join('\n'));
  });

  test('of hostile text fits, whatever is in it, and does nothing to a terminal', () => {
    const piece = fc.constantFrom(
      '\x1b[2J',
      '\x07',
      '\u202e',
      '\t',
      ' ',
      'x',
      '漢',
      '😀',
      '\ud83d',
      'e\u0301'.repeat(9),
      '\r',
      '\n',
      'x'.repeat(90),
      '"',
      '`',
      '/*',
    );
    const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));
    let shown = 0;
    fc.assert(
      fc.property(
        text,
        fc.integer({ min: 1, max: 2 }),
        fc.nat(40),
        fc.boolean(),
        (code, line, column, color) => {
          const frame = codeFrame(code, { line, column }, { color, width: 60 });
          if (frame.length > 0) shown++;
          for (const one of frame) {
            const bare = stripVTControlCharacters(one);
            expect(bare).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
            expect(width(bare)).toBeLessThanOrEqual(60);
            // The only sequences are those of colours.
            expect(one.replaceAll(COLOR, '')).toBe(bare);
          }
        },
      ),
      { numRuns: 2000 },
    );
    expect(shown).toBeGreaterThan(200);
  });
});
