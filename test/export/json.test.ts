import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { CampaignState } from '../../harness/campaign/state.ts';
import { JsonLines } from '../../harness/export/json.ts';
import { ROOT } from '../cli/kcovjs.ts';
import { campaign, finding, START } from '../screen/states.ts';

type Told = Record<string, unknown> & { type: string };

const parse = (lines: string): Told[] =>
  lines
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

async function told(states: readonly CampaignState[], last: CampaignState): Promise<Told[]> {
  const stream = new PassThrough();
  const json = new JsonLines(stream);
  const all = text(stream);
  for (const state of states) json.show(state);
  await json.end(last);
  stream.end();
  return parse(await all);
}

describe('JSON lines', () => {
  test('tell of the status, of each finding and note once, and in the end of all', async () => {
    const later = { findings: [finding(1)], notes: ['corpus: no space left on device'] };
    const records = await told(
      [campaign(1), campaign(2, later), campaign(12, later)],
      campaign(13, { ...later, phase: 'done' }),
    );
    expect(records.map(({ type }) => type)).toEqual(['status', 'note', 'finding', 'status', 'summary']);
    const [status, note, found, , last] = records;
    expect(status).toMatchObject({
      time: new Date(START + 1000).toISOString(),
      elapsed: 1000,
      phase: 'running',
      executions: 2345,
      rate: 2345,
      sites: 4000,
      inputs: 121,
      findings: 0,
      running: 2,
      targets: [{ name: 'parser.mjs', corpus: 'corpus', sinceNew: 4000, stability: 0.9987, newInputs: 1 }],
      workers: [{ number: 1, state: 'running' }, { number: 2 }],
    });
    expect(status).not.toHaveProperty('targets.0.history');
    expect(note).toMatchObject({ text: 'corpus: no space left on device' });
    expect(found).toMatchObject({
      title: finding(1).title,
      kind: 'error',
      file: finding(1).file,
      count: 3,
      reproduced: 10,
      firstSeen: new Date(START + 1000).toISOString(),
    });
    expect(last).toMatchObject({ phase: 'done', findings: 1, notes: 1 });
  });

  test('tell of a finding again in the end where its numbers have changed, also of an old one', async () => {
    const old = finding(1, { firstSeen: START - 1 });
    const before = [old, finding(2), finding(3)];
    const after = [{ ...old, count: 99 }, { ...finding(2), reproduced: 9 }, finding(3)];
    const records = await told(
      [campaign(5, { findings: before })],
      campaign(6, { findings: after, phase: 'done' }),
    );
    const found = records.filter(({ type }) => type === 'finding');
    expect(found.map(({ folder, count, reproduced }) => [folder, count, reproduced])).toEqual([
      [finding(2).folder, 6, 10],
      [finding(3).folder, 9, 10],
      [old.folder, 99, 10],
      [finding(2).folder, 6, 9],
    ]);
  });

  test('are lines whatever a title holds', async () => {
    const title = 'a\nb\u2028c\ud800 \x1b';
    const records = await told([], campaign(1, { findings: [finding(1, { title })], phase: 'done' }));
    expect(records[0]).toMatchObject({ title });
  });
});

/** A process that tells of a long campaign as fast as it can, and then how it got on, on standard error. */
function teller(stdout: 'pipe' | number, patience = 60_000) {
  const script = `
    import { JsonLines } from ${JSON.stringify(join(ROOT, 'dist/harness/export/json.js'))};
    const [state, findings] = JSON.parse(process.argv[1]);
    const json = new JsonLines(process.stdout, ${patience});
    for (let i = 0; i < 2000; i++) {
      json.show({ ...state, elapsed: i * 60_000, findings: findings.slice(0, Math.floor(i / 10)) });
      if (i % 100 === 0) await new Promise(setImmediate);
    }
    process.stderr.write('shown\\n');
    await json.end({ ...state, phase: 'done', findings });
    process.stderr.write('ended\\n');
    process.exit();
  `;
  const findings = Array.from({ length: 200 }, (_, i) => finding(i + 1));
  const args = ['--input-type=module', '-e', script, JSON.stringify([campaign(10), findings])];
  const child = spawn(process.execPath, args, { stdio: ['ignore', stdout, 'pipe'] });
  return { child, said: text(child.stderr!), exited: once(child, 'exit') };
}

describe('a reader', () => {
  test('that is slow holds nothing up, and misses no finding and no summary', async () => {
    const { child, said, exited } = teller('pipe');
    const [first] = await once(child.stderr!, 'data');
    expect(String(first)).toContain('shown');
    await setTimeout(500);
    const records = parse(await text(child.stdout!));
    expect((await exited)[0]).toBe(0);
    expect(await said).toContain('ended');
    const of = (type: string) => records.filter((record) => record.type === type);
    expect(new Set(of('finding').map(({ folder }) => folder)).size).toBe(200);
    expect(records.at(-1)).toMatchObject({ type: 'summary', findings: 200 });
    expect(of('status').length).toBeLessThan(1000);
  });

  test('that is gone ends nothing', async () => {
    const { child, said, exited } = teller('pipe');
    child.stdout!.destroy();
    expect(await exited).toEqual([0, null]);
    expect(await said).toContain('ended');
  });

  test('that takes nothing is given up in the end', async () => {
    const { said, exited } = teller('pipe', 1000);
    expect(await exited).toEqual([0, null]);
    expect(await said).toContain('ended');
  });

  test('that is a full disk ends nothing', async () => {
    const full = openSync('/dev/full', 'w');
    const { said, exited } = teller(full);
    closeSync(full);
    expect(await exited).toEqual([0, null]);
    expect(await said).toContain('ended');
  });
});
