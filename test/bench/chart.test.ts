import { DOMParser } from '@xmldom/xmldom';
import { describe, expect, test } from 'vitest';
import { chart } from '../../harness/bench/chart.ts';

const curve = (title: string) => ({
  title,
  ours: [
    [0, 100],
    [1, 150],
    [4, 200],
  ] as [number, number][],
  peer: [
    [0, 100],
    [2, 120],
  ] as [number, number][],
});

/** Throws for what is not well-formed. */
const parse = (svg: string) =>
  new DOMParser({ onError: (_, message) => expect.fail(message) }).parseFromString(svg, 'image/svg+xml');

describe('the chart', () => {
  test('is well-formed, with a field for each package, whatever its name', () => {
    const svg = parse(chart(['a', 'b', '<c> & d', 'e'].map(curve), 10));
    const titles = Array.from(svg.getElementsByTagName('text'), (text) => text.textContent);
    expect(titles).toEqual(expect.arrayContaining(['a', 'b', '<c> & d', 'e']));
    expect(svg.getElementsByTagName('g')).toHaveLength(4);
  });

  test('needs nothing from elsewhere, and has colours for a light and a dark page', () => {
    const svg = chart([curve('a')], 10);
    expect(svg).toContain('prefers-color-scheme: dark');
    expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/href|url\(|http|@import/);
  });

  test('goes up where more was reached, and stays there to the end', () => {
    const [ours] = /class="ours" d="M44 [^"]+"/.exec(chart([curve('a')], 10))!;
    const heights = [...ours.matchAll(/V([\d.]+)/g)].map(([, y]) => Number(y));
    expect(heights).toHaveLength(2);
    expect(heights[1]).toBeLessThan(heights[0]!);
    expect(ours).toMatch(/H282"$/);
  });

  test('is there for those that reach nothing more, and for none at all', () => {
    const flat: [number, number][] = [[0, 5]];
    expect(chart([{ title: 'a', ours: flat, peer: flat }], 10)).not.toContain('NaN');
    parse(chart([], 10));
  });
});
