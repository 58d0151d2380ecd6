import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadPackage } from './packages.ts';
import type { Context, Goal, Part, Presented } from './part.ts';
import { type FuzzCommand, failure, runFuzzer, SIDES, type Side } from './process.ts';
import { TARGET } from './rate.ts';
import { median, summarize } from './statistics.ts';
import { digits, spread, type Table } from './table.ts';

/**
 * The time until a fuzzer runs its first input, with a target that loads all packages at once. A cold start has an
 * empty cache folder, a warm one the folder that the cold one left.
 */
const STARTS = ['cold', 'warm'] as const;
type Start = (typeof STARTS)[number];

/** Milliseconds until the first run, with the packages instrumented and with nothing instrumented. */
interface Times {
  instrumented: number[];
  bare: number[];
}

export interface Starts {
  packages: readonly string[];
  times: Record<Side, Record<Start, Times>>;
}

export const start: Part<Starts> = { name: 'start', measure, present };

const LIMIT = 120;
const NOTHING = ['no-such-folder/'];

async function measure({ packages, settings, folder, progress }: Context): Promise<Starts> {
  const subjects = await Promise.all(packages.map(loadPackage));
  const include = subjects.flatMap((subject) => subject.include);
  const none = (): Record<Start, Times> => ({
    cold: { instrumented: [], bare: [] },
    warm: { instrumented: [], bare: [] },
  });
  const times: Starts['times'] = { ours: none(), peer: none() };
  for (let i = 0; i < settings.repetitions; i++) {
    for (const side of SIDES) {
      for (const kind of ['instrumented', 'bare'] as const) {
        const own = folder('start');
        for (const which of STARTS) {
          progress(`start: ${side}, ${which}, ${kind}, ${i + 1} of ${settings.repetitions}`);
          const parts = kind === 'instrumented' ? include : NOTHING;
          times[side][which][kind].push(await firstRun(side, packages, parts, own));
        }
      }
    }
  }
  return { packages, times };
}

async function firstRun(
  side: Side,
  packages: readonly string[],
  include: readonly string[],
  folder: string,
): Promise<number> {
  const out = join(folder, 'out.json');
  const command: FuzzCommand = {
    target: TARGET,
    include,
    flags: ['-runs=1', `-artifact_prefix=${folder}/`],
  };
  const env = {
    KCOVJS_BENCH_PACKAGES: packages.join(','),
    KCOVJS_BENCH_OUT: out,
    XDG_CACHE_HOME: join(folder, 'cache'),
    KCOVJS_CACHE: undefined,
  };
  const ran = await runFuzzer(side, command, { env, limit: LIMIT });
  if (ran.code !== 0) throw failure(`start: ${side}`, ran);
  return (JSON.parse(readFileSync(out, 'utf8')) as { first: number }).first - ran.started;
}

/** What instrumenting adds to a start, by pairs: at least nothing, whatever the noise says. */
const added = ({ instrumented, bare }: Times): number[] =>
  instrumented.map((value, i) => Math.max(0, value - bare[i]!));

function present({ packages, times }: Starts): Presented {
  const table: Table = {
    title: 'Milliseconds from the start of the process to the first run',
    columns: ['start', 'first run', 'with nothing instrumented', 'instrumentation'],
    rows: SIDES.flatMap((side) =>
      STARTS.map((which) => {
        const one = times[side][which];
        return [
          `${side === 'ours' ? 'ours' : 'Jazzer.js'}, ${which}`,
          ...[one.instrumented, one.bare, added(one)].map((values) => spread(summarize(values))),
        ];
      }),
    ),
    notes: [
      `a target that loads ${packages.length} packages at once; the difference is what instrumenting takes`,
    ],
  };
  return { tables: [table], goals: goals(times.ours) };
}

function goals(ours: Record<Start, Times>): Goal[] {
  const [cold, warm] = [median(added(ours.cold)), median(added(ours.warm))];
  return [
    {
      goal: 'a warm start takes at most a tenth of the instrumentation time of a cold one',
      measured: `${digits(warm)} of ${digits(cold)} ms`,
      met: warm <= cold / 10,
    },
  ];
}
