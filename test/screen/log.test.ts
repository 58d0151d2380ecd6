import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import picocolors from 'picocolors';
import { describe, expect, test } from 'vitest';
import type { CampaignState } from '../../harness/campaign/state.ts';
import { Log } from '../../harness/screen/log.ts';
import { summary } from '../../harness/screen/summary.ts';
import { campaign, finding, HOSTILE, target, worker } from './states.ts';

/** What a log writes of states one after the other, the last one its end. */
async function logged(
  states: readonly CampaignState[],
  last = campaign(0, { phase: 'done' }),
): Promise<string[]> {
  const stream = new PassThrough();
  const log = new Log(stream);
  for (const state of states) log.show(state);
  await log.end(last);
  stream.end();
  return (await text(stream)).trimEnd().split('\n');
}

const status = (lines: readonly string[]): string[] => lines.filter((line) => line.includes(' execs '));

describe('without a terminal', () => {
  test('a line says how the campaign stands', async () => {
    const state = campaign(90, { findings: [finding(1), finding(2)] });
    expect((await logged([state])).filter((line) => line.includes('00:01:30 execs'))).toEqual([
      'kcovjs: 00:01:30 execs 211050 (2345/s) cov 326/4000 corp 210 new 4s ago findings 2 workers 2/2 stability 99.8 %',
    ]);
  });

  test('it comes at the start, each 10 seconds at first, then up to once a minute, and at the end', async () => {
    const states = Array.from({ length: 3600 * 4 }, (_, i) => campaign(i / 4));
    const lines = status(await logged(states, campaign(3600, { phase: 'done' })));
    const times = lines.map((line) => line.slice('kcovjs: '.length, 'kcovjs: 00:00:00'.length));
    expect(times.slice(0, 7)).toEqual([
      '00:00:00',
      '00:00:10',
      '00:00:20',
      '00:00:30',
      '00:00:40',
      '00:00:50',
      '00:01:00',
    ]);
    expect(times.at(-1)).toBe('01:00:00');
    expect(times.length).toBeGreaterThan(60);
    expect(times.length).toBeLessThan(80);
  });

  test('each finding, note and diagnosis is told of once, and harmlessly', async () => {
    const more = {
      findings: [finding(1, { title: HOSTILE[0] })],
      notes: ['a\x1b[2Jnote'],
      targets: [target(2, { files: 0 })],
    };
    const lines = await logged(
      [campaign(1), campaign(2, more), campaign(3, more)],
      campaign(4, { ...more, phase: 'done' }),
    );
    const text = lines.join('\n');
    expect(
      text.match(/^kcovjs: 00:00:02 found error: Error: \\x1b\[2J.*\(corpus.kcovjs\/findings\/.*\)$/gm),
    ).toHaveLength(1);
    expect(text.match(/^kcovjs: 00:00:02 a\\x1b\[2Jnote$/gm)).toHaveLength(1);
    expect(text.match(/^kcovjs: 00:00:02 problem: no file of yours is instrumented/gm)).toHaveLength(1);
    expect(text).not.toContain('\x1b');
  });

  test('findings of earlier campaigns are no news', async () => {
    const old = finding(1, { firstSeen: campaign(0).now - 1 });
    const lines = await logged([
      campaign(1, { findings: [old] }),
      campaign(2, { findings: [old, finding(2)] }),
    ]);
    expect(lines.filter((line) => line.includes('found error'))).toEqual([expect.stringContaining("'x2'")]);
  });

  test('of several targets each has a line of its own', async () => {
    const targets = [target(5), target(5, { name: 'lexer.mjs', rate: 7 })];
    const workers = [worker(1), worker(2, { target: 'lexer.mjs', state: 'starting' })];
    const lines = status(await logged([campaign(5, { targets, workers })], campaign(6, { targets: [] })));
    expect(lines).toEqual([
      expect.stringMatching(/^kcovjs: 00:00:05 parser.mjs execs 11725 \(2345\/s\).* workers 1\/1 /),
      expect.stringMatching(/^kcovjs: 00:00:05 lexer.mjs execs 11725 \(7\/s\).* workers 0\/1 /),
    ]);
  });

  test('a reader that is gone is no reason to end', async () => {
    const stream = new PassThrough();
    const log = new Log(stream);
    stream.destroy(new Error('EPIPE'));
    log.show(campaign(1));
    await log.end(campaign(2, { phase: 'done' }));
  });
});

describe('the summary', () => {
  const lines = (state: CampaignState) => summary(state, [], picocolors.createColors(false));
  test('tells what was done, what came of it, and what comes next', () => {
    expect(
      lines(campaign(754, { phase: 'done', findings: [finding(1), finding(12, { reproduced: 3 })] })),
    ).toEqual([
      'kcovjs done after 00:12:34',
      '  executions  1,768,130 (2,345/s) by 2 workers',
      '  coverage    879 of 4,000 places (21.9 %), stability 99.8 %',
      '  corpus      874 inputs in corpus, 754 of them new',
      '  findings    2',
      "    1.  error TypeError: Cannot read properties of null (reading 'x1') in decode (lib/decoder.js:101) (3 times, reproduced 10/10) in corpus.kcovjs/findings/typeerror-decode-1",
      '        npx kcovjs replay fuzz.mjs corpus.kcovjs/findings/typeerror-decode-1/input',
      "    2.  error TypeError: Cannot read properties of null (reading 'x12') in decode (lib/decoder.js:112) (36 times, reproduced 3/10) in corpus.kcovjs/findings/typeerror-decode-12",
      '        npx kcovjs replay fuzz.mjs corpus.kcovjs/findings/typeerror-decode-12/input',
      expect.stringMatching(/^ {2}next {8}fix what was found.*kcovjs findings corpus/),
    ]);
  });
  test('says so where nothing was found, or nothing was done at all', () => {
    expect(lines(campaign(754)).join('\n')).toMatch(
      /findings {4}none\n {2}next {8}nothing was found: .*kcovjs report/,
    );
    expect(lines(campaign(0, { targets: [target(0, { sites: 0 })] })).join('\n')).toMatch(
      /0 \(0\/s\) by 2 workers\n {2}coverage {4}0 of 0 places, /,
    );
  });
  test('repeats what is wrong', () => {
    const found = { severity: 'warning', id: 'slow', text: 'the target is slow: do less' } as const;
    expect(summary(campaign(5), [found], picocolors.createColors(false)).at(-1)).toMatch(
      /^ {14}the target is slow: do less$/,
    );
  });
});
