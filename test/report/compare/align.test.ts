import { describe, expect, test } from 'vitest';
import { align, linesOf } from '../../../harness/report/compare/align.ts';
import fc from '../../fast-check.ts';

const text = fc
  .array(fc.constantFrom('a', 'b', 'c', '}', ''), { maxLength: 30 })
  .map((lines) => lines.join('\n'));

describe('lines of two texts', () => {
  test('are paired in order, and only with equal ones; turned round, the pairs are the same', () => {
    fc.assert(
      fc.property(text, text, (one, other) => {
        const [toOther, toOne] = align(one, other);
        const [a, b] = [linesOf(one), linesOf(other)];
        let last = 0;
        toOther.forEach((to, from) => {
          if (to === 0) return;
          expect(b[to - 1]).toBe(a[from - 1]);
          expect(toOne[to]).toBe(from);
          expect(to).toBeGreaterThan(last);
          last = to;
        });
        expect(toOne.filter((line) => line > 0).length).toBe(toOther.filter((line) => line > 0).length);
        expect(align(other, one)).toEqual([toOne, toOther]);
      }),
      { numRuns: 1000 },
    );
  });

  test('of one text are all paired with themselves', () => {
    const [toOther] = align('a\na\r\nb', 'a\na\r\nb');
    expect([...toOther]).toEqual([0, 1, 2, 3]);
  });

  test('are paired as before where too much is edited to find the shortest way: unique lines, and those around them', () => {
    const kept = Array.from({ length: 3000 }, (_, i) => [`function f${i}() {`, `return ${i};`, '}']).flat();
    const edited = kept.flatMap((line, i) => (i % 3 === 1 ? [`${line} // edited`, 'more();'] : [line]));
    const [toNew] = align(kept.join('\n'), edited.join('\n'));
    kept.forEach((line, i) => {
      if (i % 3 === 0) expect(edited[toNew[i + 1]! - 1]).toBe(line);
      if (i % 3 === 1) expect(toNew[i + 1]).toBe(0);
    });
    const [back] = align(edited.join('\n'), kept.join('\n'));
    expect(back.filter((line) => line > 0).length).toBe(toNew.filter((line) => line > 0).length);
  });

  test('that have nothing in common, however many, are soon found to have nothing', () => {
    const lines = (letter: string): string =>
      Array.from({ length: 100_000 }, (_, i) => letter + i).join('\n');
    const [toNew] = align(lines('a'), lines('b'));
    expect(toNew.some((line) => line > 0)).toBe(false);
  });
});
