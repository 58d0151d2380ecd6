import MarkdownIt from 'markdown-it';
import { grow, type Random } from '../random.ts';

/** Markdown to HTML, as ES modules; rules that are chosen at run time. */
export const include = ['node_modules/markdown-it/'];

const markdown = new MarkdownIt({ html: true, typographer: true });

export function parse(data: Buffer): void {
  markdown.render(data.toString());
}

export const document = (size: number, random: Random): Buffer =>
  Buffer.from(grow(size, () => `${random.pick(BLOCKS)(random)}\n\n`));

const BLOCKS: ((random: Random) => string)[] = [
  (r) => `${'#'.repeat(1 + r.below(6))} ${r.words(4)}`,
  (r) =>
    `${r.words(8)} *${r.word()}* **${r.words(2)}** \`${r.word()}\` [${r.word()}](http://x.y/${r.word()} "t")`,
  (r) => `- ${r.words(3)}\n- ${r.words(2)}\n  1. ${r.words(3)}\n  2. <b>${r.word()}</b>`,
  (r) => `> ${r.words(6)}\n> > ${r.words(3)} -- "${r.word()}" (c)`,
  (r) => `\`\`\`js\n${r.words(6)}\n\`\`\``,
  (r) => `| ${r.word()} | ${r.word()} |\n|---|:-:|\n| ~~${r.word()}~~ | ![${r.word()}](i.png) |`,
  (r) => `    ${r.words(4)}\n\n***`,
];
