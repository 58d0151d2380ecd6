import { parse as parseToml } from 'smol-toml';
import { grow, type Random } from '../random.ts';

/** A parser of TOML, as ES modules. */
export const include = ['node_modules/smol-toml/'];

export function parse(data: Buffer): void {
  parseToml(data.toString());
}

export function document(size: number, random: Random): Buffer {
  let serial = 0;
  return Buffer.from(grow(size, () => `[${random.word()}.t${serial++}]\n${keys(random)}`));
}

function keys(r: Random): string {
  const values = [
    () => `"${r.words(4)}\\t\\u00E9"`,
    () => `'${r.words(4)}'`,
    () => `"""\n${r.words(6)}\n${r.words(3)}"""`,
    () => `${r.below(99999)}`,
    () => `-${r.below(99)}.${r.below(999)}e-${r.below(9)}`,
    () => `[${r.below(9)}, 0x${r.below(255).toString(16)}, [${r.below(9)}]]`,
    () => `{ a = ${r.below(9)}, b.c = "${r.word()}" }`,
    () => `2024-0${1 + r.below(9)}-1${r.below(10)}T07:32:0${r.below(10)}Z`,
    () => 'true # yes',
  ];
  return Array.from({ length: 4 }, (_, i) => `${r.word()}${i} = ${r.pick(values)()}\n`).join('');
}
