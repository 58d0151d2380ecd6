import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Curves, chart } from './chart.ts';
import { writeSeeds } from './corpus.ts';
import { loadPackage } from './packages.ts';
import { type Context, type Goal, measureEach, type Part, type Presented } from './part.ts';
import { type FuzzCommand, failure, runFuzzer, runModule, SIDES, type Side } from './process.ts';
import { TARGET } from './rate.ts';
import type { ReplayRequest, ReplayResult } from './replay-coverage.ts';
import { geometricMean, median, ratios, summarize } from './statistics.ts';
import { digits, spread, type Table } from './table.ts';

/** What either fuzzer reaches in the same time from the same seeds, counted in the same way afterwards. */

interface Trial extends ReplayResult {
  /** Executions, and seconds that they took, as libFuzzer counts them. */
  runs: number;
  seconds: number;
  /** Exit code: 77 where it ended early, with a finding. */
  code: number | null;
}

interface PackageCoverage {
  seconds: number;
  trials: Record<Side, Trial[]>;
}

export type Coverage = Record<string, PackageCoverage>;

const measure = (context: Context): Promise<Coverage> =>
  measureEach(context.packages, context, (name) => measurePackage(name, context));

async function measurePackage(name: string, context: Context): Promise<PackageCoverage> {
  const { settings, folder, progress } = context;
  const subject = await loadPackage(name);
  const seeds = join(folder(`seeds-${name}`), 'seeds');
  writeSeeds(seeds, subject);
  const trials: PackageCoverage['trials'] = { ours: [], peer: [] };
  for (let seed = 1; seed <= settings.trials; seed++) {
    for (const side of SIDES) {
      progress(`coverage: ${name}: ${side}, ${seed} of ${settings.trials}`);
      const own = folder(`coverage-${name}`);
      trials[side].push(
        await explore({ side, name, include: subject.include, seeds, folder: own, seed, settings }),
      );
    }
  }
  return { seconds: settings.coverage, trials };
}

interface Exploration extends Pick<Context, 'settings'> {
  side: Side;
  name: string;
  include: string[];
  seeds: string;
  folder: string;
  seed: number;
}

async function explore(exploration: Exploration): Promise<Trial> {
  const { side, name, include, seeds, folder, seed, settings } = exploration;
  const corpus = join(folder, 'corpus');
  mkdirSync(corpus);
  const command: FuzzCommand = {
    target: TARGET,
    include,
    corpus: [corpus, seeds],
    flags: [`-max_total_time=${settings.coverage}`, `-seed=${seed}`, `-artifact_prefix=${folder}/`],
  };
  const env = { KCOVJS_BENCH_PACKAGES: name };
  const ran = await runFuzzer(side, command, { env, limit: 2 * settings.coverage + 60 });
  // libFuzzer says so where it was not ended by a finding.
  const done = /^Done (\d+) runs in (\d+) second/m.exec(ran.stderr);
  if (done === null && ran.code !== 77 && ran.code !== 70) throw failure(`${name}: ${side}`, ran);
  const request: ReplayRequest = { name, include, seeds, corpus, started: ran.started };
  const replayed = await runModule<ReplayResult>('replay-coverage', request, 300);
  return { ...replayed, runs: Number(done?.[1] ?? 0), seconds: Number(done?.[2] ?? 0), code: ran.code };
}

/** PCs that were reached in the end. */
const reached = ({ steps }: Trial): number => steps.at(-1)![1];

const rateOf = (trials: Trial[]): number | null => {
  const ended = trials.filter(({ seconds }) => seconds > 0);
  return ended.length === 0 ? null : median(ended.map(({ runs, seconds }) => runs / seconds));
};

const gains = ({ trials }: PackageCoverage): number[] =>
  ratios(trials.ours.map(reached), trials.peer.map(reached));

function present(data: Coverage): Presented {
  const packages = Object.entries(data);
  const mean = geometricMean(packages.map(([, one]) => median(gains(one))));
  const rate = (trials: Trial[]): string => {
    const value = rateOf(trials);
    return value === null ? '-' : digits(value);
  };
  const seconds = packages[0]?.[1].seconds ?? 0;
  const table: Table = {
    title: `PCs reached in ${seconds} s from the same seeds`,
    columns: [
      'package',
      'seeds',
      'ours',
      'Jazzer.js',
      'ours / Jazzer.js',
      'ours, runs/s',
      'Jazzer.js, runs/s',
    ],
    rows: [
      ...packages.map(([name, one]) => [
        name,
        String(one.trials.ours[0]!.steps[0]![1]),
        spread(summarize(one.trials.ours.map(reached))),
        spread(summarize(one.trials.peer.map(reached))),
        spread(summarize(gains(one))),
        rate(one.trials.ours),
        rate(one.trials.peer),
      ]),
      ['geometric mean', '', '', '', digits(mean), '', ''],
    ],
    notes: [
      'both corpora are replayed under one measure: different PCs of ours',
      'Jazzer.js runs with --sync, its faster loop; detectors are on for both; the time begins when all is loaded',
      'free-running rates reward who tries shorter inputs',
      ...endedEarly(packages),
    ],
  };
  const curves = packages.map(([name, { trials }]) => ({
    title: name,
    ours: trials.ours[0]!.steps,
    peer: trials.peer[0]!.steps,
  }));
  return {
    tables: [table],
    goals: goals(packages, mean, seconds),
    files: { 'coverage.svg': chart(curves, Math.max(seconds, ...curves.flatMap(lastSteps))) },
  };
}

/** The chart's time begins with the process, so that it goes on for as long as the start took. */
const lastSteps = ({ ours, peer }: Curves): number[] =>
  [ours, peer].map((steps) => Math.ceil(steps.at(-1)![0]));

/** A finding, such as a run that took too long, ends a fuzzer before its time; so the reader must know of it. */
function endedEarly(packages: [string, PackageCoverage][]): string[] {
  const early = packages.flatMap(([name, { trials }]) =>
    SIDES.filter((side) => trials[side].some(({ code }) => code !== 0)).map((side) => `${name} (${side})`),
  );
  return early.length === 0 ? [] : [`ended before their time, with a finding: ${early.join(', ')}`];
}

function goals(packages: [string, PackageCoverage][], mean: number, seconds: number): Goal[] {
  const less = packages.filter(([, one]) => median(gains(one)) < 1).map(([name]) => name);
  return [
    {
      goal: `coverage after ${seconds} s: at least Jazzer.js's on every package`,
      measured: less.length === 0 ? 'on all' : `less on ${less.join(', ')}`,
      met: less.length === 0,
    },
    {
      goal: `coverage after ${seconds} s: 10 percent more on the whole`,
      measured: `${digits(100 * (mean - 1))} percent`,
      met: mean >= 1.1,
    },
  ];
}

export const coverage: Part<Coverage> = { name: 'coverage', measure, present };
