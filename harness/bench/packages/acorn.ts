import { parse as parseScript } from 'acorn';
import { grow, type Random } from '../random.ts';

/** A parser of JavaScript, as ES modules. */
export const include = ['node_modules/acorn/'];

export function parse(data: Buffer): void {
  parseScript(data.toString(), { ecmaVersion: 'latest', sourceType: 'module', locations: true });
}

export const document = (size: number, random: Random): Buffer =>
  Buffer.from(grow(size, () => `{\n${random.pick(PIECES)(random)}}\n`));

const PIECES: ((random: Random) => string)[] = [
  (r) => `function f_${r.word()}(a, b = ${r.below(99)}, ...c) {
  for (let i = 0; i < b; i++) if (a[i] === '${r.word()}') return c.map((x) => x * ${r.below(9)} + i);
  return a ?? b?.x_${r.word()};
}
`,
  (r) => `class C_${r.word()} extends Base {
  #p = [${r.below(9)}, 0x${r.below(999).toString(16)}, 1e${r.below(9)}];
  get v_${r.word()}() { return this.#p.length > 0 && !this.done; }
  static async *m_${r.word()}({ a, b: [c] }) { yield await a; while (c--) { try { a(); } catch (e) { throw e; } } }
}
`,
  (
    r,
  ) => `const { p_${r.word()}, q_${r.word()}: z = /[a-z]+\\d{${r.below(9)}}/giu } = { ...o, [k]: \`t\${x + ${r.below(9)}}\` };
`,
  (
    r,
  ) => `switch (s_${r.word()}) { case ${r.below(9)}: x_${r.word()}(); break; default: y = z ? -1 : +(2 ** 3 % 4); } // ${r.words(5)}
`,
];
