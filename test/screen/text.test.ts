import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { harmless } from '../../harness/harmless.ts';
import { chart } from '../../harness/screen/chart.ts';
import { clip, sides, width, wrap } from '../../harness/screen/text.ts';
import { brief, clock, count, percent, perSecond, span } from '../../harness/screen/units.ts';
import fc from '../fast-check.ts';
import { HOSTILE } from './states.ts';

const anything = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(...HOSTILE),
);

describe('harmless text', () => {
  test('has no control, format or unknown character, and is one line, whatever it was', () => {
    fc.assert(
      fc.property(anything, (text) => {
        expect(harmless(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
  test('says what was there', () => {
    expect(harmless('\x1b[2J \u202e \ud800')).toBe('\\x1b[2J \\u{202e} \\u{d800}');
    expect(harmless('ordinary: Grüße, 漢字, 🎉')).toBe('ordinary: Grüße, 漢字, 🎉');
  });
  test('is made in a moment from a megabyte', () => {
    expect(harmless('a'.repeat(1 << 20)).length).toBeLessThan(3000);
  });
});

describe('a line', () => {
  test('that is clipped is never wider than it may be, however a terminal counts', () => {
    fc.assert(
      fc.property(anything, fc.integer({ min: 0, max: 60 }), (text, columns) => {
        const clipped = clip(harmless(text), columns);
        expect(width(clipped)).toBeLessThanOrEqual(columns);
        expect(stringWidth(clipped)).toBeLessThanOrEqual(columns);
      }),
    );
  });
  test('keeps its end at the right edge', () => {
    expect(sides('left', 'right', 12)).toBe('left   right');
    expect(sides('much too long', 'right', 12)).toBe('much … right');
    expect(width(sides('漢字漢字漢字', 'right', 12))).toBe(12);
    expect(sides('left', 'right', 4)).toBe('rig…');
  });
  test('of many words is broken between them', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrap('muchtoolong', 7)).toEqual(['muchto…']);
  });
});

test('numbers are as people read them', () => {
  expect([0, 999, 1234567, Number.NaN].map(count)).toEqual(['0', '999', '1,234,567', '?']);
  expect([9999, 12_345, 123_456, 1_234_567, 5e9].map(brief)).toEqual([
    '9,999',
    '12.3k',
    '123k',
    '1.23M',
    '5.00G',
  ]);
  expect([0, 0.4, 2345].map(perSecond)).toEqual(['0/s', '0.4/s', '2,345/s']);
  expect([1, 0.99999, 0.5, 0.00001, 0].map(percent)).toEqual(['100 %', '99.9 %', '50 %', '0.1 %', '0 %']);
  expect([0, 90_000, 360_000_000].map(clock)).toEqual(['00:00:00', '00:01:30', '100:00:00']);
  expect([4000, 12 * 60_000, 125 * 60_000, 100 * 3_600_000].map(span)).toEqual([
    '4 s',
    '12 min',
    '2 h 5 min',
    '4 d 4 h',
  ]);
});

describe('the chart', () => {
  test('rises from the lower edge to the upper one, and fills what lies below', () => {
    const history = [0, 1, 2, 3].map((i) => ({ at: i * 1000, covered: 100 + i * 100 }));
    expect(chart(history, 4000, 2, 1)).toEqual({ lines: ['⣴⣿'], low: 100, high: 400 });
  });
  test('is flat for what does not grow, and empty for nothing', () => {
    expect(chart([{ at: 0, covered: 5 }], 1000, 3, 2).lines).toEqual(['   ', '⣀⣀⣀']);
    expect(chart([], 1000, 3, 1).lines).toEqual(['   ']);
  });
  test('begins where the first point is', () => {
    const late = [
      { at: 2000, covered: 1 },
      { at: 4000, covered: 2 },
    ];
    expect(chart(late, 4000, 2, 1).lines).toEqual(['⢀⣸']);
  });
});
