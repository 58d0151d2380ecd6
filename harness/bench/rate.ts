import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeCorpus } from './corpus.ts';
import { loadPackage } from './packages.ts';
import { type Context, type Goal, measureEach, type Part, type Presented } from './part.ts';
import { type FuzzCommand, failure, runFuzzer, type Side } from './process.ts';
import { settledRounds } from './rounds.ts';
import { geometricMean, median, ratios, summarize } from './statistics.ts';
import { digits, spread, type Table } from './table.ts';

/**
 * Executions per second over one and the same corpus: libFuzzer reads it as its seeds, and each folder as often as
 * it is named. So both run the same inputs in the same order, round after round, with all that either does around a
 * run.
 */

/** What is run, one after the other. Ours chooses its loop by itself, so it has no third way. */
const WAYS = {
  ours: { side: 'ours', detectors: true },
  peer: { side: 'peer', loop: 'async', detectors: true },
  peerSync: { side: 'peer', loop: 'sync', detectors: true },
  oursBare: { side: 'ours', detectors: false },
  peerBare: { side: 'peer', loop: 'sync', detectors: false },
} as const satisfies Record<string, Pick<FuzzCommand, 'loop' | 'detectors'> & { side: Side }>;
type Way = keyof typeof WAYS;

/** What is compared. The peer by default takes the loop that can wait for promises, even where there are none. */
const PAIRS = [
  { title: 'as both come', ours: 'ours', peer: 'peer' },
  { title: 'Jazzer.js with --sync', ours: 'ours', peer: 'peerSync' },
  { title: 'Jazzer.js with --sync, no bug detectors on either', ours: 'oursBare', peer: 'peerBare' },
] as const satisfies readonly { title: string; ours: Way; peer: Way }[];
type Pair = (typeof PAIRS)[number];

interface PackageRate {
  files: number;
  /** How often each file ran. */
  times: number;
  /** Executions a second, one number for each repetition. */
  rates: Record<Way, number[]>;
}

export type Rate = Record<string, PackageRate>;

const LIMIT = 300;
/**
 * Inputs run in the order of the folders, so that each round is the whole corpus. Without entropic: it searches a list
 * of the features that are rare so far for each feature of a run, and in a replay all of them are, for 255 rounds. On
 * acorn that is a third of the time of both, where in a search it is a twentieth.
 */
const REPLAY = ['-runs=0', '-shuffle=0', '-prefer_small=0', '-entropic=0'];
export const TARGET = fileURLToPath(new URL('./target.js', import.meta.url));

const measure = (context: Context): Promise<Rate> =>
  measureEach(context.packages, context, (name) => measurePackage(name, context));

async function measurePackage(name: string, context: Context): Promise<PackageRate> {
  const { settings, progress } = context;
  const subject = await loadPackage(name);
  const corpus = join(context.folder(`rate-${name}`), 'corpus');
  const files = writeCorpus(corpus, subject);
  const replay = (way: Way, times: number): Promise<number> =>
    replayCorpus({ ...WAYS[way], include: subject.include, corpus, files, times, name });
  progress(`rate: ${name}: how often`);
  const trial = await replay('peerSync', 8);
  const times = Math.max(4, Math.ceil((settings.replay * trial) / files));
  const ways = Object.keys(WAYS) as Way[];
  const rates = Object.fromEntries(ways.map((way) => [way, [] as number[]])) as Record<Way, number[]>;
  for (let i = 0; i < settings.repetitions; i++) {
    for (const way of ways) {
      progress(`rate: ${name}: ${way}, ${i + 1} of ${settings.repetitions}`);
      rates[way].push(await replay(way, times));
    }
  }
  return { files, times, rates };
}

interface Replay extends Pick<FuzzCommand, 'loop' | 'detectors' | 'include'> {
  side: Side;
  name: string;
  corpus: string;
  files: number;
  times: number;
}

/** @returns executions a second, in a round of the second half */
async function replayCorpus(replay: Replay): Promise<number> {
  const { side, name, corpus, files, times, ...how } = replay;
  const out = join(corpus, '..', 'out.json');
  const command: FuzzCommand = {
    ...how,
    target: TARGET,
    corpus: new Array<string>(times).fill(corpus),
    flags: [...REPLAY, `-artifact_prefix=${join(corpus, '..')}/`],
  };
  const env = { KCOVJS_BENCH_PACKAGES: name, KCOVJS_BENCH_OUT: out };
  const ran = await runFuzzer(side, command, { env, limit: LIMIT });
  const runs = Number(/^Done (\d+) runs/m.exec(ran.stderr)?.[1] ?? 0);
  // libFuzzer runs the empty input once or twice before all others.
  if (ran.code !== 0 || runs < files * times) throw failure(`${name}: replay`, ran);
  const { rounds } = JSON.parse(readFileSync(out, 'utf8')) as { rounds: number[] };
  if (rounds.length !== times) throw new Error(`${name}: ${side} ran ${rounds.length} rounds of ${times}`);
  return (1000 * files) / median(settledRounds(rounds));
}

const gains = ({ rates }: PackageRate, { ours, peer }: Pair): number[] => ratios(rates[ours], rates[peer]);

function present(data: Rate): Presented {
  const packages = Object.entries(data);
  const mean = (pair: Pair): number => geometricMean(packages.map(([, one]) => median(gains(one, pair))));
  const tables = PAIRS.map(
    (pair): Table => ({
      title: `Executions per second over the same corpus: ${pair.title}`,
      columns: ['package', 'ours', 'Jazzer.js', 'ours / Jazzer.js'],
      rows: [
        ...packages.map(([name, one]) => [
          name,
          digits(median(one.rates[pair.ours])),
          digits(median(one.rates[pair.peer])),
          spread(summarize(gains(one, pair))),
        ]),
        ['geometric mean', '', '', digits(mean(pair))],
      ],
    }),
  );
  return { tables, goals: goals(packages, mean) };
}

function goals(packages: [string, PackageRate][], mean: (pair: Pair) => number): Goal[] {
  const behind = packages.filter(([, one]) => PAIRS.some((pair) => median(gains(one, pair)) < 1));
  const [defaults, sync, bare] = PAIRS;
  return [
    {
      goal: '3 times the executions of Jazzer.js as both come by default (geometric mean)',
      measured: `${digits(mean(defaults))}; ${digits(mean(sync))} where Jazzer.js is told --sync`,
      met: mean(defaults) >= 3,
    },
    {
      goal: '2.5 times with detectors off on both (geometric mean)',
      measured: digits(mean(bare)),
      met: mean(bare) >= 2.5,
    },
    {
      goal: 'ahead on every package, in every setup',
      measured: behind.length === 0 ? 'on all' : `behind on ${behind.map(([name]) => name).join(', ')}`,
      met: behind.length === 0,
    },
  ];
}

export const rate: Part<Rate> = { name: 'rate', measure, present };
