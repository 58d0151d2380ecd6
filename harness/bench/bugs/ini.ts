import { createRequire } from 'node:module';

const ini = createRequire(import.meta.url)('ini-1.3.5') as { parse(text: string): unknown };

/** ini 1.3.5 writes to the prototype of all objects. */
export const advisory = 'CVE-2020-7788';
export const folder = 'node_modules/ini-1.3.5/';
export const seeds = ['; c\n[section.sub]\na=1\nb[]=x\n', 'key="v"\n[s]\nk\n'];
export const trigger = '[__proto__]\npolluted=1\n';

export function fuzz(data: Buffer): void {
  ini.parse(data.toString());
}
