import { createRequire } from 'node:module';
import { checkPrototypes } from '../prototypes.ts';

const plist = createRequire(import.meta.url)('plist') as { parse(text: string): unknown };

/** plist 3.0.4 lets a key name the prototype of what it returns. */
export const advisory = 'CVE-2022-22912';
export const folder = 'node_modules/plist/';
export const seeds = [
  '<plist><dict><key>a</key><dict><key>b</key><string>c</string></dict></dict></plist>',
  '<plist><array><integer>1</integer><true/><data>AQ==</data></array></plist>',
];
export const trigger = '<plist><dict><key>__proto__</key><dict><key>a</key><true/></dict></dict></plist>';

export function fuzz(data: Buffer): void {
  let value: unknown;
  try {
    value = plist.parse(data.toString());
  } catch {
    return; // Refused.
  }
  checkPrototypes(value);
}
