import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type * as Bugs from '../../harness/bench/bugs.ts';
import type * as Process from '../../harness/bench/process.ts';
import type * as Search from '../../harness/bench/search.ts';
import { ALL } from '../all.ts';
import { dist, emptyFolder } from './programs.ts';

const { BUGS, loadBug } = await dist<typeof Bugs>('bugs.js');
const { runFuzzer } = await dist<typeof Process>('process.js');
const { bugCommand, evidence } = await dist<typeof Search>('search.js');

/** Runs inputs once through the very command that looks for the bug. @returns files that it wrote as findings */
async function findings(side: Process.Side, name: string, inputs: Bugs.Bug['seeds']): Promise<string[]> {
  const folder = emptyFolder();
  const [found, corpus] = [join(folder, 'found'), join(folder, 'corpus')];
  for (const path of [found, corpus]) mkdirSync(path);
  inputs.forEach((data, i) => {
    writeFileSync(join(corpus, String(i)), data);
  });
  const command = bugCommand(name, await loadBug(name), found, { corpus: [corpus], flags: ['-runs=0'] });
  const { code, stderr } = await runFuzzer(side, command, { limit: 100 });
  const files = readdirSync(found);
  expect(code === 0, stderr).toBe(files.length === 0);
  return files;
}

/** Both sides and every bug where the long form is asked for: starting a side is most of the time. */
const sides: Process.Side[] = ALL ? ['ours', 'peer'] : ['ours'];
const SHOWN = 2;

describe.concurrent.each(BUGS)('%s', (name) => {
  test('passes ordinary inputs', async () => {
    const { seeds, advisory, fuzz } = await loadBug(name);
    expect(advisory).toMatch(/^CVE-\d{4}-\d+$/);
    for (const seed of seeds) await fuzz(Buffer.from(seed as string));
    expect(Object.keys(Object.prototype)).toEqual([]);
    if (ALL) for (const side of sides) expect(await findings(side, name, seeds)).toEqual([]);
  });

  test.runIf(ALL || BUGS.indexOf(name) < SHOWN).each(sides)(
    'shows its bug on the known input: %s',
    async (side) => {
      const bug = await loadBug(name);
      const files = await findings(side, name, [bug.trigger]);
      expect(files).toEqual([expect.stringMatching(`^${evidence(bug)}`)]);
    },
  );
});
