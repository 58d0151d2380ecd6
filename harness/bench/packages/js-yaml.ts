import { load } from 'js-yaml';
import { grow, type Random } from '../random.ts';

/** A parser of YAML, as one ES module. */
export const include = ['node_modules/js-yaml/'];

export function parse(data: Buffer): void {
  load(data.toString());
}

export function document(size: number, random: Random): Buffer {
  let serial = 0;
  return Buffer.from(grow(size, () => entry(random, serial++)));
}

const entry = (r: Random, serial: number): string => `${r.word()}${serial}:
  - ${r.words(3)}
  - "${r.words(2)}\\n\\u00e9"
  - { ${r.word()}: ${r.below(999)}, list: [1, ~, 0x${r.below(255).toString(16)}, ${r.below(9)}.5] }
  - &a${serial} |
    ${r.words(5)}
    ${r.words(4)}
  - *a${serial}
  - key: >-
      ${r.words(6)}
    other: '${r.word()}' # ${r.word()}
`;
