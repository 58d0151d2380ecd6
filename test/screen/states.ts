import type { CampaignState, TargetState, WorkerState } from '../../harness/campaign/state.ts';
import type { FindingState } from '../../harness/findings/finding.ts';

/** States as campaigns have them, at any second of their life. */

export const START = Date.UTC(2026, 10, 21, 20, 0, 0);
export const MINUTE = 60_000;
const SITES = 4000;

/** Coverage that grows fast, then slowly, then no more. */
const coveredAt = (seconds: number): number => Math.round(900 * (1 - Math.exp(-seconds / 200)));

export function target(seconds: number, more: Partial<TargetState> = {}): TargetState {
  const step = Math.max(1, Math.floor(seconds / 200));
  const points = Array.from({ length: Math.floor(seconds / step) + 1 }, (_, i) => i * step);
  return {
    name: 'parser.mjs',
    corpus: 'corpus',
    inputs: 120 + seconds,
    newInputs: seconds,
    executions: 2345 * seconds,
    rate: seconds === 0 ? 0 : 2345,
    covered: coveredAt(seconds),
    sites: SITES,
    files: 12,
    ...(seconds > 0 && { sinceNew: 4000 }),
    stability: 0.9987,
    overflowed: 0,
    history: points.map((point) => ({ at: point * 1000, covered: coveredAt(point) })),
    meanMilliseconds: 0.4,
    ...more,
  };
}

export const worker = (number: number, more: Partial<WorkerState> = {}): WorkerState => ({
  number,
  target: 'parser.mjs',
  state: 'running',
  executions: 140_000 * number,
  rate: 1170 + number,
  memory: 180 + number,
  restarts: 0,
  ...more,
});

export function finding(number: number, more: Partial<FindingState> = {}): FindingState {
  const folder = `corpus.kcovjs/findings/typeerror-decode-${number}`;
  return {
    title: `TypeError: Cannot read properties of null (reading 'x${number}') in decode (lib/decoder.js:${100 + number})`,
    kind: 'error',
    target: 'parser.mjs',
    folder,
    file: `${folder}/input`,
    count: 3 * number,
    reproduced: 10,
    firstSeen: START + number * 1000,
    lastSeen: START + number * 2000,
    stack: [
      `at decode (/work/app/lib/decoder.js:${100 + number}:9)`,
      'at parse (/work/app/src/parser.ts:20:3)',
      'at Module.fuzz (/work/app/fuzz.mjs:3:10)',
    ],
    command: `npx kcovjs replay fuzz.mjs ${folder}/input`,
    ...more,
  };
}

/** A campaign of one target and two workers after so many seconds. */
export const campaign = (seconds: number, more: Partial<CampaignState> = {}): CampaignState => ({
  targets: [target(seconds)],
  now: START + seconds * 1000,
  elapsed: seconds * 1000,
  left: 3_600_000 - seconds * 1000,
  phase: seconds === 0 ? 'starting' : 'running',
  workers: [worker(1), worker(2)],
  findings: [],
  triage: 0,
  notes: [],
  ...more,
});

/** What a target can put into a title. */
export const HOSTILE = [
  'Error: \x1b[2J\x1b[31mred\x1b]0;title\x07 \x9b1A',
  'Error: one\ntwo\r\nthree\tfour\u2028five',
  'Error: \u202etxt.exe\u202c \u2066hidden\u2069 \u200bzero\u200d\ufeff',
  'Error: 漢字かな交じり文とても長い題名がここにありますので切られます漢字かな交じり文',
  'Error: 👨‍👩‍👧‍👦 👍🏽 ❤️ 🇩🇪 1️⃣ 🏳️‍🌈 क्षत्रिय กำ ㅎㅏㄴ각',
  `Error: Z${'\u0300\u0301\u0302\u0303'.repeat(40)}algo`,
  `Error: ${'very long '.repeat(20_000)}`,
  'Error: \ud800 \udfff \u{10ffff} \ue000 \x00\x7f\x85',
  '',
] as const;
