import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadPackage } from './packages.ts';
import { type Context, type Goal, measureEach, type Part, type Presented } from './part.ts';
import { TARGET } from './rate.ts';
import { geometricMean, summarize } from './statistics.ts';
import { digits, spread, type Table } from './table.ts';

/** Executions of a campaign with two workers, beside those with one. */
const MAIN = fileURLToPath(new URL('../cli/main.js', import.meta.url));
const COUNTS = [1, 2] as const;

/** Executions a second, for each number of workers, of each repetition. */
export type Rates = Record<(typeof COUNTS)[number], number[]>;

export const workers: Part<Record<string, Rates>> = { name: 'workers', measure, present };

function measure(context: Context): Promise<Record<string, Rates>> {
  const { packages, settings, folder, progress } = context;
  return measureEach(packages, context, async (name) => {
    const rates: Rates = { 1: [], 2: [] };
    for (let i = 0; i < settings.repetitions; i++)
      for (const count of COUNTS) {
        progress(`workers: ${name}: ${count}, ${i + 1} of ${settings.repetitions}`);
        rates[count].push(
          await campaign(name, count, { seconds: settings.coverage, folder: folder('workers'), seed: i + 1 }),
        );
      }
    return rates;
  });
}

interface Run {
  seconds: number;
  folder: string;
  seed: number;
}

async function campaign(name: string, count: number, { seconds, folder, seed }: Run): Promise<number> {
  const { include } = await loadPackage(name);
  const args = ['fuzz', TARGET, join(folder, 'corpus'), '--workers', String(count), '--keep-going', '--json'];
  const flags = ['--', `-max_total_time=${seconds}`, `-seed=${seed}`, '-max_len=256'];
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [MAIN, ...args, ...include.flatMap((part) => ['-i', part]), ...flags],
    { env: { ...process.env, KCOVJS_BENCH_PACKAGES: name }, encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  const last = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '{}') as {
    type?: string;
    executions?: number;
  };
  if (last.type !== 'summary') throw new Error(stderr.trimEnd().split('\n').at(-1));
  return last.executions! / seconds;
}

function present(all: Record<string, Rates>): Presented {
  const ratios = Object.values(all).map((rates) => ratio(rates));
  const table: Table = {
    title: 'Executions a second of a campaign',
    columns: ['package', 'one worker', 'two workers', 'two / one'],
    rows: [
      ...Object.entries(all).map(([name, rates]) => [
        name,
        ...COUNTS.map((count) => spread(summarize(rates[count]))),
        digits(ratio(rates)),
      ]),
      ['geometric mean', '', '', digits(geometricMean(ratios))],
    ],
    notes: [
      `on ${availableParallelism()} cores; from an empty corpus, whose inputs grow as long as more is found; starts and reading the corpus are part of the time`,
    ],
  };
  return { tables: [table], goals: [goal(geometricMean(ratios))] };
}

const ratio = (rates: Rates): number => summarize(rates[2]).median / summarize(rates[1]).median;

const goal = (measured: number): Goal => ({
  goal: 'two workers on two cores reach 1.7 times the executions of one',
  measured: digits(measured),
  met: measured >= 1.7,
});
