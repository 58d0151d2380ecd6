import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { emptyFolder, ROOT } from './kcovjs.ts';

/** More places than the lines of what finds them fit into a pipe. */
const PLACES = 8;
const byte = (i: number): string =>
  `switch (data[${i}]) { ${Array.from({ length: 256 }, (_, k) => `case ${k}: x++; break;`).join(' ')} }`;

test('a slow reader gets all that libFuzzer prints', { timeout: 120_000 }, async () => {
  const cwd = emptyFolder();
  const body = Array.from({ length: PLACES }, (_, i) => byte(i)).join('\n');
  writeFileSync(join(cwd, 'many.cjs'), `exports.fuzz = (data) => { let x = 0; ${body} };`);
  const main = join(ROOT, 'dist/harness/cli/main.js');
  const args = [main, 'fuzz', 'many.cjs', '--', '-runs=60000', '-seed=1'];
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(child, 'close');
  await setTimeout(4000);
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  child.stdout.resume();
  expect(await closed).toEqual([0, null]);
  expect(text.length).toBeGreaterThan(1 << 16);
  expect(text).toMatch(/^Done 60000 runs in \d+ second\(s\)$/m);
  expect(text).toMatch(/^kcovjs: stability/m);
});
