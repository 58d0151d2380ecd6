import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from './random.ts';

/** Files of a folder. */
const FILES_PER_FOLDER = 50;
/** Functions of a file. */
const FUNCTIONS = 8;

/** Writes a project of made-up files, the same on every machine. @returns their paths */
export function writeProject(folder: string, files: number): string[] {
  const random = new Random(files);
  return Array.from({ length: files }, (_, i) => {
    const parent = join(folder, `package-${Math.floor(i / FILES_PER_FOLDER)}`);
    mkdirSync(parent, { recursive: true });
    const path = join(parent, `${random.word()}-${i}.js`);
    writeFileSync(path, fileText(random, i));
    return path;
  });
}

function fileText(random: Random, seed: number): string {
  const functions = Array.from({ length: FUNCTIONS }, (_, i) => functionText(random, i));
  return `// ${random.words(12)}\n'use strict';\nconst SEED = ${seed};\n\n${functions.join('\n')}`;
}

function functionText(random: Random, self: number): string {
  const name = `${random.word()}${self}`;
  const statements = Array.from({ length: 4 + random.below(4) }, () => statementText(random));
  return `exports.${name} = function ${name}(data, at = 0) {\n${statements.join('')}  return at;\n};\n`;
}

function statementText(random: Random): string {
  const [a, b, n] = [random.word(), random.word(), random.below(256)];
  switch (random.below(5)) {
    case 0:
      return `  if (data[at] === ${n}) {\n    at += SEED;\n  } else if (data.${a} > ${n}) at--;\n`;
    case 1:
      return `  for (let i = 0; i < data.length; i++) {\n    if (data[i] === '${b}') return i;\n    at += i;\n  }\n`;
    case 2:
      return `  switch (data[at++]) {\n    case ${n}:\n      at++;\n      break;\n    case ${n + 1}:\n      return at;\n    default:\n      at = data.${a} ?? 0;\n  }\n`;
    case 3:
      return `  const ${a}_${n} = data.${b} && data.${b}.${a} ? data.${b} : at;\n  at += Number(${a}_${n});\n`;
    default:
      return `  if (at > data.length) throw new RangeError('${random.words(3)}');\n`;
  }
}
