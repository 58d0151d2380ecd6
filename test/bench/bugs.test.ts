import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type * as Bugs from '../../harness/bench/bugs.ts';
import type * as Process from '../../harness/bench/process.ts';
import type * as Search from '../../harness/bench/search.ts';
import { dist, emptyFolder } from './programs.ts';

const { BUGS, loadBug } = await dist<typeof Bugs>('bugs.js');
const { run } = await dist<typeof Process>('process.js');
const { bugArguments } = await dist<typeof Search>('search.js');

/** Runs inputs once through the very command that looks for the bug. @returns files that it wrote as findings */
async function findings(side: Process.Side, name: string, inputs: Bugs.Bug['seeds']): Promise<string[]> {
  const folder = emptyFolder();
  const [found, corpus] = [join(folder, 'found'), join(folder, 'corpus')];
  for (const path of [found, corpus]) mkdirSync(path);
  inputs.forEach((data, i) => {
    writeFileSync(join(corpus, String(i)), data);
  });
  const args = bugArguments(side, name, await loadBug(name), found, [corpus, '-runs=0']);
  const { code, stderr } = await run({ args, limit: 60 });
  const files = readdirSync(found);
  expect(code === 0, stderr).toBe(files.length === 0);
  return files;
}

/** Both sides where the long form is asked for: they run the same target, and the start is most of the time. */
const sides: Process.Side[] = process.env['KCOVJS_BENCH_SIDES'] ? ['ours', 'peer'] : ['ours'];

describe.each(BUGS)('%s', (name) => {
  test.each(sides)('passes ordinary inputs, and shows its bug on the known one: %s', async (side) => {
    const { seeds, trigger, advisory } = await loadBug(name);
    expect(advisory).toMatch(/^CVE-\d{4}-\d+$/);
    expect(await findings(side, name, seeds)).toEqual([]);
    expect(await findings(side, name, [trigger])).toEqual([expect.stringMatching(/^(crash|timeout)-/)]);
  });
});
