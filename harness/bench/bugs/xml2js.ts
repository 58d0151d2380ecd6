import { createRequire } from 'node:module';
import { checkPrototypes } from '../prototypes.ts';

const { parseString } = createRequire(import.meta.url)('xml2js') as {
  parseString(text: string, done: (error: unknown, value: unknown) => void): void;
};

/** xml2js 0.4.23 lets an element name the prototype of what it returns. */
export const advisory = 'CVE-2023-0842';
export const folder = 'node_modules/xml2js/';
export const seeds = ['<a><b c="d">text</b><b/></a>', '<r>&lt;<!-- c --><![CDATA[x]]></r>'];
export const trigger = '<__proto__><a>1</a></__proto__>';

export function fuzz(data: Buffer): void {
  let result: unknown;
  try {
    parseString(data.toString(), (_, value) => {
      result = value;
    });
  } catch {
    return; // Refused.
  }
  checkPrototypes(result);
}
