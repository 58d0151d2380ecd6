import { createRequire } from 'node:module';

const decode = createRequire(import.meta.url)('decode-uri-component') as (text: string) => string;

/** decode-uri-component 0.2.0 throws a TypeError for some texts, where it promises to leave alone what is wrong. */
export const advisory = 'CVE-2022-38900';
export const folder = 'node_modules/decode-uri-component/';
export const seeds = ['a%20b', '%E2%82%AC'];
export const trigger = '%ea%ba%5a%ba';

export function fuzz(data: Buffer): void {
  decode(data.toString());
}
