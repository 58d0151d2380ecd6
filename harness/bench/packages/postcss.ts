import postcss from 'postcss';
import { grow, type Random } from '../random.ts';

/** A tokenizer and parser of CSS. */
export const include = ['node_modules/postcss/'];

export function parse(data: Buffer): void {
  postcss.parse(data.toString());
}

export const document = (size: number, random: Random): Buffer =>
  Buffer.from(grow(size, () => random.pick(RULES)(random)));

const RULES: ((random: Random) => string)[] = [
  (r) =>
    `.${r.word()} > #${r.word()}:hover, a[href="${r.word()}"] {\n  color: #${r.below(999)};\n  margin: -${r.below(99)}px auto !important;\n}\n`,
  (r) =>
    `@media (min-width: ${r.below(999)}px) {\n  .${r.word()} { background: url("${r.word()}.png") no-repeat; }\n}\n`,
  (r) => `/* ${r.words(6)} */\n:root { --${r.word()}: { a: b }; }\n`,
  (r) =>
    `@import '${r.word()}.css' screen;\n.${r.word()}::after { content: "\\201C ${r.word()}"; width: calc(1px + (2 * ${r.below(9)}%)) }\n`,
];
