import { XMLParser } from 'fast-xml-parser';
import { checkPrototypes } from '../prototypes.ts';

/** fast-xml-parser 4.1.1 lets an element name the prototype of what it returns. */
export const advisory = 'CVE-2023-26920';
export const folder = 'node_modules/fast-xml-parser/';
export const seeds = [
  '<a><b c="d">text</b><b/></a>',
  '<?xml version="1.0"?><r>&lt;<!-- c --><![CDATA[x]]></r>',
];
export const trigger = '<__proto__><a>1</a></__proto__>';

export function fuzz(data: Buffer): void {
  let value: unknown;
  try {
    value = new XMLParser().parse(data.toString());
  } catch {
    return; // Refused.
  }
  checkPrototypes(value);
}
