import { createRequire } from 'node:module';
import { grow, type Random } from '../random.ts';

/** A parser of CSV. */
export const include = ['node_modules/papaparse/'];

interface Papa {
  parse(text: string, options: object): unknown;
}

const papa = createRequire(import.meta.url)('papaparse') as Papa;

export function parse(data: Buffer): void {
  papa.parse(data.toString(), { header: true, dynamicTyping: true, skipEmptyLines: true });
}

export const document = (size: number, random: Random): Buffer =>
  Buffer.from(`id,name,"quoted, column",date,note\n${grow(size, () => row(random))}`);

const row = (r: Random): string =>
  `${r.below(9999)},${r.word()},"${r.words(2)}, ""${r.word()}""",2024-01-1${r.below(10)}T00:00:00Z,${r.pick(['true', '-1.5e3', '', r.words(3)])}\r\n`;
