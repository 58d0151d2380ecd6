import { createRequire } from 'node:module';
import { grow, type Random } from '../random.ts';

/** A parser of XML into a DOM. */
export const include = ['node_modules/@xmldom/xmldom/'];

interface Xmldom {
  DOMParser: new (options: { onError(): void }) => { parseFromString(text: string, type: string): unknown };
}

const { DOMParser } = createRequire(import.meta.url)('@xmldom/xmldom') as Xmldom;

export function parse(data: Buffer): void {
  new DOMParser({ onError() {} }).parseFromString(data.toString(), 'text/xml');
}

export const document = (size: number, random: Random): Buffer =>
  Buffer.from(
    `<?xml version="1.0"?>\n<root xmlns:n="urn:x">\n${grow(size, () => element(random, 3))}</root>`,
  );

function element(r: Random, depth: number): string {
  if (depth === 0)
    return r.pick([`${r.words(4)} &amp; &#65;`, `<!-- ${r.words(2)} -->`, `<![CDATA[${r.words(3)} <]]>`]);
  const name = r.pick(['item', 'n:part', r.word()]);
  const inside = Array.from({ length: 1 + r.below(3) }, () => element(r, depth - 1)).join('');
  return `<${name} id="${r.word()}" n:v='${r.below(999)}'>${inside}<e/></${name}>\n`;
}
