import { describe, expect, test } from 'vitest';
import type { CampaignState } from '../../harness/campaign/state.ts';
import { diagnose } from '../../harness/screen/diagnose.ts';
import { Doctor } from '../../harness/screen/doctor.ts';
import { campaign, finding, MINUTE, target, worker } from './states.ts';

const MACHINE = { cores: 2, memory: 16_000, restarts: new Map<number, number>() };
const of = (state: CampaignState, more = {}) => diagnose(state, { ...MACHINE, ...more });
const texts = (state: CampaignState, more = {}): string[] => of(state, more).map(({ text }) => text);
const withTarget = (more: Parameters<typeof target>[1]) => campaign(600, { targets: [target(600, more)] });

describe('a campaign that is well has no diagnosis', () => {
  test.each([0, 1, 60, 600, 3500])('after %i seconds', (seconds) => {
    expect(of(campaign(seconds))).toEqual([]);
  });
  test('while it starts, nothing is held against it yet', () => {
    const targets = [target(0, { files: 0, sites: 0, stability: 0 })];
    expect(of(campaign(0, { targets }))).toEqual([]);
  });
});

describe('what is wrong is said with what to do', () => {
  test.each<[string, CampaignState, RegExp]>([
    [
      'nothing instrumented',
      withTarget({ files: 0, covered: 0, sites: 0 }),
      /no file of yours is instrumented: .*-i/,
    ],
    ['nothing reached', withTarget({ covered: 0 }), /no instrumented code runs: .*kcovjs replay/],
    [
      'slow',
      withTarget({ rate: 12, meanMilliseconds: 80 }),
      /the target is slow: 12 executions a second, 80 ms each: .*-max_len/,
    ],
    ['overflows', withTarget({ overflowed: 0.123 }), /buffer overflowed in 12.3 % of runs: .*further run/],
    [
      'stale',
      withTarget({ sinceNew: 20 * MINUTE }),
      /nothing new for 20 min: try a dictionary.*-dict=.*seeds.*report/,
    ],
    ['unstable', withTarget({ stability: 0.714 }), /stability 71.4 %: .*time, chance/],
    [
      'every input fails',
      campaign(600, { findings: [finding(1, { count: 2345 * 600 })] }),
      /every input fails: TypeError: .*: fix that first/,
    ],
    [
      'most inputs fail',
      campaign(600, { findings: [finding(1, { count: 2345 * 400 }), finding(2)] }),
      /66.6 % of all inputs fail alike: TypeError/,
    ],
    [
      'memory',
      campaign(600, { workers: [worker(1, { memory: 9000 }), worker(2, { memory: 6000 })] }),
      /memory: workers hold 14.6 GB of 15.6 GB: use fewer/,
    ],
    [
      'a full disk',
      campaign(600, { notes: ['corpus: ENOSPC: no space left on device: 3 new inputs wait', 'another'] }),
      /the disk is full: corpus: .*3 new inputs wait: make room/,
    ],
    [
      'a folder that is read-only',
      campaign(600, { notes: ['corpus: EROFS'] }),
      /cannot be written: corpus: EROFS/,
    ],
    [
      'too many workers',
      campaign(600, { workers: Array.from({ length: 10 }, (_, i) => worker(i + 1)) }),
      /workers: 10 on 2 cores: .*--workers 2/,
    ],
    [
      'nobody works',
      campaign(600, { workers: [worker(1, { state: 'stopped' })] }),
      /no worker runs any more/,
    ],
  ])('%s', (_, state, text) => {
    expect(texts(state)).toEqual([expect.stringMatching(text)]);
  });

  test('a hostile title stays harmless', () => {
    const findings = [finding(1, { title: 'E\x1b[2J\u202e', count: 2345 * 600 })];
    expect(texts(campaign(600, { findings }))[0]).toContain('E\\x1b[2J\\u{202e}');
  });
});

test('thresholds are where they are said to be', () => {
  expect(of(withTarget({ sinceNew: 20 * MINUTE - 1 }))).toEqual([]);
  expect(of(withTarget({ stability: 0.9 }))).toEqual([]);
  expect(of(withTarget({ overflowed: 0.0099 }))).toEqual([]);
  expect(of(withTarget({ meanMilliseconds: 19.9 }))).toEqual([]);
});

test('problems come before warnings, and those before hints', () => {
  const state = campaign(600, {
    targets: [target(600, { files: 0, stability: 0.5, overflowed: 0.2, sinceNew: 30 * MINUTE })],
    workers: [1, 2, 3].map((number) => worker(number)),
    notes: ['no space left on device'],
  });
  expect(of(state).map(({ id, severity }) => `${severity} ${id}`)).toEqual([
    'problem disk-full',
    'problem nothing-instrumented',
    'warning unstable',
    'warning overflows',
    'hint stale',
    'hint many-workers',
  ]);
});

test('of several targets it is said which is meant', () => {
  const targets = [target(600), target(600, { name: 'lexer\x07', stability: 0.5 })];
  expect(of(campaign(600, { targets }))).toEqual([
    expect.objectContaining({
      target: 'lexer\x07',
      text: expect.stringMatching(/^lexer\\x07: stability 50 %/),
    }),
  ]);
});

describe('workers that are restarted again and again', () => {
  const at = (seconds: number, restarts: number) =>
    campaign(seconds, { workers: [worker(1), worker(2, { restarts })] });

  test('show over a minute, and are forgotten after it', () => {
    const doctor = new Doctor();
    const ids = (seconds: number, restarts: number) =>
      doctor.diagnose(at(seconds, restarts)).filter(({ id }) => id === 'restarts');
    expect(ids(100, 7)).toEqual([]);
    expect(ids(110, 11)).toEqual([]);
    expect(ids(120, 12)).toEqual([
      expect.objectContaining({
        severity: 'warning',
        text: expect.stringMatching(/^worker 2 was restarted 5 times in the last minute/),
      }),
    ]);
    expect(ids(150, 12)).toHaveLength(1);
    expect(ids(190, 12)).toEqual([]);
  });
  test('are a problem where all of them are', () => {
    const restarts = new Map([
      [1, 6],
      [2, 9],
    ]);
    expect(of(campaign(600), { restarts })).toEqual([
      expect.objectContaining({
        severity: 'problem',
        text: expect.stringMatching(/^2 of 2 workers were restarted 5 times or more/),
      }),
    ]);
  });
});
