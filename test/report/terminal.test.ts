import picocolors from 'picocolors';
import { describe, expect, test } from 'vitest';
import type { Door } from '../../harness/report/page/data.ts';
import { type FrontierSource, frontierText } from '../../harness/report/terminal.ts';
import { width } from '../../harness/screen/text.ts';

const DOOR: Door = {
  file: 0,
  range: [2, 20, 2, 30],
  kind: 'then',
  place: [2, 7],
  code: "text === 'magic'",
  function: 'parse',
  visits: 1204,
  inputs: 3,
  smallest: [0],
  behind: 1,
  compares: [
    {
      place: [2, 7],
      left: { type: 'text', value: '"magi"', constant: false },
      right: { type: 'text', value: '"magic"', constant: true },
      input: 1,
    },
  ],
};
const SOURCE: FrontierSource = {
  file: (index) =>
    index === 0
      ? { path: 'src/parser.ts', text: "function parse(text) {\n  if (text === 'magic') throw 1;\n}" }
      : { path: 'gone.js', text: null },
  input: (index) => `corpus/${index}`,
};
const plain = { colors: picocolors.createColors(false), width: 80 };

describe('the frontier in the terminal', () => {
  test('shows doors in their code, with the closest operands', () => {
    expect(frontierText([DOOR], 1, SOURCE, plain)).toBe(
      [
        'Frontier: came to, and never entered',
        '',
        '1. the condition never held in parse  src/parser.ts:2:7',
        '   came here 1,204 times, 1 PC behind it',
        '   closest: "magi" and "magic" by corpus/1',
        '     1 | function parse(text) {',
        "   > 2 |   if (text === 'magic') throw 1;",
        '       |       ^',
        '     3 | }',
        '',
      ].join('\n'),
    );
  });

  test('shows the first five and how many there are', () => {
    const text = frontierText(Array<Door>(7).fill(DOOR), 2345, SOURCE, plain);
    expect(text).toContain('the first 5 of 2,345');
    expect(text.match(/^\d\. /gm)).toEqual(['1. ', '2. ', '3. ', '4. ', '5. ']);
  });

  test('does without the code of a file that cannot be read; without doors there is nothing', () => {
    expect(frontierText([{ ...DOOR, file: 1, compares: [] }], 1, SOURCE, plain)).toBe(
      [
        'Frontier: came to, and never entered',
        '',
        '1. the condition never held in parse  gone.js:2:7',
        '   came here 1,204 times, 1 PC behind it',
        '',
      ].join('\n'),
    );
    expect(frontierText([], 0, SOURCE, plain)).toBe('');
  });

  test('does nothing to a terminal, whatever names, sources and operands are, and fits into it', () => {
    const hostile = `\x1b[2J\u202e${'x'.repeat(200)}`;
    const [one] = DOOR.compares;
    const door: Door = {
      ...DOOR,
      function: '\x1b[2J',
      compares: [{ ...one!, left: { type: 'text', value: hostile, constant: false } }],
    };
    const source: FrontierSource = {
      file: () => ({ path: '\x1b]0;x\x07', text: `${hostile}\n      ${hostile}` }),
      input: () => '\x1b[2J',
    };
    const text = frontierText([door], 1, source, { ...plain, width: 60 });
    for (const line of text.trimEnd().split('\n')) {
      expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      expect(width(line)).toBeLessThanOrEqual(60);
    }
  });

  test('has colours where they are wanted', () => {
    const text = frontierText([DOOR], 1, SOURCE, { colors: picocolors.createColors(true), width: 80 });
    expect(text).toContain('\x1b[36m"magic"\x1b[39m');
    expect(text).toContain('\x1b[36mif\x1b[39m');
  });
});
