import JSON5 from 'json5';
import { grow, type Random } from '../random.ts';

/** A parser of JSON5: a state machine over characters. */
export const include = ['node_modules/json5/'];

export function parse(data: Buffer): void {
  JSON5.parse(data.toString());
}

export const document = (size: number, random: Random): Buffer =>
  Buffer.from(`{\n${grow(size, () => `  ${random.word()}: ${value(random, 3)},\n`)}}`);

function value(r: Random, depth: number): string {
  switch (r.below(depth > 0 ? 8 : 6)) {
    case 0:
      return `'${r.words(3)}\\n\\u00e9'`;
    case 1:
      return `"${r.words(5)}"`;
    case 2:
      return `0x${r.below(65536).toString(16)}`;
    case 3:
      return `-${r.below(999)}.${r.below(999)}e+${r.below(20)}`;
    case 4:
      return r.pick(['true', 'null', 'Infinity', '+.5', 'NaN']);
    case 5:
      return `${r.below(9999)} /* ${r.word()} */`;
    case 6:
      return `[${Array.from({ length: 4 }, () => value(r, depth - 1)).join(', ')},]`;
    default:
      return `{ ${r.word()}: ${value(r, depth - 1)}, '${r.word()}': ${value(r, depth - 1)} }`;
  }
}
