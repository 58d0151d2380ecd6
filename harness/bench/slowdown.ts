import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CountRequest, Counts } from './count-run.ts';
import { loadPackage } from './packages.ts';
import { type Context, type Goal, measureEach, type Part, type Presented } from './part.ts';
import { type FuzzCommand, failure, runFuzzer, runModule } from './process.ts';
import { geometricMean, median, ratios, summarize } from './statistics.ts';
import { digits, spread, type Table } from './table.ts';
import type { Mode, TimedRequest, TimedResult } from './timed-run.ts';
import type { PeerResult } from './timed-target.ts';
import type { Load } from './timing.ts';

/** How much longer a large input takes, compiled in each way, than it takes in plain code. */

const MODES = ['plain', 'disabled', 'pc', 'cmp', 'istanbul', 'peer'] as const;
type Way = (typeof MODES)[number];

interface PackageSlowdown {
  load: Load;
  /** Records that one document gives at most. */
  pcs: number;
  cmps: number;
  /** Counters of the peer that were not zero afterwards. */
  peerCounters: number;
  /** Milliseconds of one pass over all documents, one number for each repetition. */
  milliseconds: Record<Way, number[]>;
}

export type Slowdown = Record<string, PackageSlowdown>;

/** What a document is to give: a trace that is long, but does not run full (262,143 and 65,535), of either kind. */
const PCS = 200_000;
const CMPS = 60_000;
const LIMIT = 120;
const TARGET = fileURLToPath(new URL('./timed-target.js', import.meta.url));

type Request = Omit<TimedRequest, 'mode'>;

const measure = (context: Context): Promise<Slowdown> =>
  measureEach(context.packages, context, (name) => measurePackage(name, context));

async function measurePackage(name: string, context: Context): Promise<PackageSlowdown> {
  const { settings, progress, folder } = context;
  const { include } = await loadPackage(name);
  progress(`slowdown: ${name}: how large an input may be`);
  const { load, pcs, cmps } = await calibrate(name, include, settings.kilobytes * 1000);
  const request = { name, include, load, pace: settings.pace };
  const milliseconds: PackageSlowdown['milliseconds'] = {
    plain: [],
    disabled: [],
    pc: [],
    cmp: [],
    istanbul: [],
    peer: [],
  };
  let peerCounters = 0;
  for (let i = 0; i < settings.repetitions; i++) {
    for (const mode of MODES) {
      progress(`slowdown: ${name}: ${mode}, ${i + 1} of ${settings.repetitions}`);
      if (mode === 'peer') {
        const peer = await runPeer(request, folder('slowdown'));
        peerCounters = peer.counters;
        milliseconds.peer.push(peer.milliseconds);
      } else milliseconds[mode].push((await timed(request, mode)).milliseconds);
    }
  }
  return { load, pcs, cmps, peerCounters, milliseconds };
}

const timed = (request: Request, mode: Mode): Promise<TimedResult> =>
  runModule('timed-run', { ...request, mode }, LIMIT);

/** The size of a document whose traces just fit. */
async function calibrate(name: string, include: string[], bytes: number): Promise<Counts & { load: Load }> {
  for (let size = 2000; ; ) {
    const request: CountRequest = { name, include, load: { size, documents: 4 } };
    const counts = await runModule<Counts>('count-run', request, LIMIT);
    const room = Math.min(PCS / counts.pcs, CMPS / counts.cmps);
    if (room >= 1 && room < 1.6) {
      return { ...counts, load: { size, documents: Math.max(1, Math.round(bytes / size)) } };
    }
    size = Math.floor(size * Math.min(room * 0.85, 16));
  }
}

/** @throws where it was not the peer that ran, and nothing but the peer */
export async function runPeer(request: Request, folder: string): Promise<PeerResult> {
  const out = join(folder, 'peer.json');
  const command: FuzzCommand = {
    target: TARGET,
    include: request.include,
    detectors: false,
    timeout: LIMIT * 1000,
    flags: ['-runs=1', `-artifact_prefix=${folder}/`],
  };
  const env = { KCOVJS_BENCH_REQUEST: JSON.stringify(request), KCOVJS_BENCH_OUT: out };
  const ran = await runFuzzer('peer', command, { env, limit: LIMIT });
  if (ran.code !== 0) throw failure(`${request.name}: Jazzer.js`, ran);
  const result = JSON.parse(readFileSync(out, 'utf8')) as PeerResult;
  if (result.alien) throw new Error(`${request.name}: our instrumentation runs in Jazzer.js`);
  if (result.counters === 0) throw new Error(`${request.name}: Jazzer.js has counted nothing`);
  return result;
}

const COLUMNS: [Way, string][] = [
  ['disabled', 'disabled'],
  ['pc', 'PC'],
  ['cmp', 'CMP'],
  ['istanbul', 'istanbul'],
  ['peer', 'Jazzer.js'],
];

/** Of each package; the median is that of pairs. */
const factors = ({ milliseconds }: PackageSlowdown, way: Way): number[] =>
  ratios(milliseconds[way], milliseconds.plain);

function present(data: Slowdown): Presented {
  const packages = Object.entries(data);
  const mean = (way: Way): number => geometricMean(packages.map(([, one]) => median(factors(one, way))));
  const table: Table = {
    title: 'Slowdown of a large input',
    columns: ['package', 'KB', 'plain, ms', ...COLUMNS.map(([, title]) => title), 'Jazzer.js / PC'],
    rows: [
      ...packages.map(([name, one]) => [
        name,
        digits((one.load.size * one.load.documents) / 1000),
        digits(median(one.milliseconds.plain)),
        ...COLUMNS.map(([way]) => spread(summarize(factors(one, way)))),
        spread(summarize(ratios(one.milliseconds.peer, one.milliseconds.pc))),
      ]),
      [
        'geometric mean',
        '',
        '',
        ...COLUMNS.map(([way]) => digits(mean(way))),
        digits(mean('peer') / mean('pc')),
      ],
    ],
    notes: [
      'times the same input takes in plain code: median of pairs (least..greatest)',
      'the input is many documents; the buffer is reset before each, whose trace is long and does not run full',
    ],
  };
  return { tables: [table], goals: goals(packages, mean) };
}

function goals(packages: [string, PackageSlowdown][], mean: (way: Way) => number): Goal[] {
  const slower = packages.filter(([, { milliseconds: m }]) => median(ratios(m.peer, m.pc)) < 1);
  return [
    {
      goal: 'PC mode slows a large input at most 2.0 times (geometric mean)',
      measured: digits(mean('pc')),
      met: mean('pc') <= 2,
    },
    {
      goal: 'loaded but disabled at most 1.2 times (geometric mean)',
      measured: digits(mean('disabled')),
      met: mean('disabled') <= 1.2,
    },
    {
      goal: 'nowhere slower than Jazzer.js',
      measured: slower.length === 0 ? 'nowhere' : slower.map(([name]) => name).join(', '),
      met: slower.length === 0,
    },
    {
      goal: "at most a third of Jazzer.js's slowdown overall",
      measured: `${digits(mean('pc'))} of ${digits(mean('peer'))}: 1/${digits(mean('peer') / mean('pc'))}`,
      met: mean('pc') <= mean('peer') / 3,
    },
  ];
}

export const slowdown: Part<Slowdown> = { name: 'slowdown', measure, present };
