import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Context, measureEach, type Part, type Presented } from './part.ts';
import { failure, run } from './process.ts';
import { geometricMean, median, ratios, summarize } from './statistics.ts';
import { digits, spread, type Table } from './table.ts';
import { VITEST_PROJECTS, type VitestProject, writeProject } from './vitest-project.ts';

/** Ways to run one suite of tests. Ours comes twice: with nothing compiled before, and with all of it. */
const WAYS = ['none', 'istanbul', 'v8', 'kcov, cold', 'kcov, warm'] as const;
type Way = (typeof WAYS)[number];

interface Times {
  /** Seconds from the start of vitest to its end. */
  total: number[];
  /** Seconds in the tests themselves. */
  tests: number[];
}

export type VitestTimes = Record<string, Record<Way, Times>>;

export const vitest: Part<VitestTimes> = { name: 'vitest', measure, present };

const LIMIT = 600;

function measure(context: Context): Promise<VitestTimes> {
  const names = VITEST_PROJECTS.map(({ name }) => name);
  return measureEach(names, context, (name) =>
    measureProject(VITEST_PROJECTS.find((project) => project.name === name)!, context),
  );
}

/** Of each round one run in each way, one after the other. */
async function measureProject(
  project: VitestProject,
  { settings, folder, progress }: Context,
): Promise<Record<Way, Times>> {
  const root = folder('vitest');
  writeProject(root, project);
  const times = Object.fromEntries(WAYS.map((way) => [way, { total: [], tests: [] }])) as unknown as Record<
    Way,
    Times
  >;
  for (let i = 0; i < settings.repetitions; i++) {
    const cache = folder('vitest-cache');
    for (const way of WAYS) {
      progress(`vitest: ${project.name}, ${way}, ${i + 1} of ${settings.repetitions}`);
      const { total, tests } = await once(root, project, way, cache);
      times[way].total.push(total);
      times[way].tests.push(tests);
    }
  }
  return times;
}

async function once(root: string, { name, tests }: VitestProject, way: Way, cache: string) {
  const args = [
    join(root, 'node_modules/vitest/vitest.mjs'),
    ...['run', '--root', root, '--reporter=json', '--outputFile=results.json', ...coverageOptions(way)],
    ...tests,
  ];
  const ran = await run({ args, env: { KCOVJS_CACHE: cache }, limit: LIMIT });
  if (ran.code !== 0) throw failure(`vitest, ${name}, ${way}`, ran);
  return { total: ran.seconds, tests: secondsOfTests(join(root, 'results.json')) };
}

function coverageOptions(way: Way): string[] {
  if (way === 'none') return [];
  const provider = way.startsWith('kcov') ? 'custom' : way;
  return [
    '--coverage.enabled',
    '--coverage.reporter=json',
    `--coverage.provider=${provider}`,
    ...(provider === 'custom' ? ['--coverage.customProviderModule=kcovjs/vitest/coverage'] : []),
  ];
}

interface Results {
  testResults: { startTime: number; endTime: number }[];
}

const secondsOfTests = (path: string): number =>
  (JSON.parse(readFileSync(path, 'utf8')) as Results).testResults.reduce(
    (sum, { startTime, endTime }) => sum + (endTime - startTime) / 1000,
    0,
  );

function present(data: VitestTimes): Presented {
  const rows = Object.entries(data).flatMap(([project, times]) =>
    WAYS.map((way) => row(project, way, times)),
  );
  const table: Table = {
    title: 'vitest --coverage',
    columns: ['project', 'coverage', 'tests, s', '× none', 'all of it, s', '× none'],
    rows,
    notes: ['ratios are medians of neighbours, in the same round'],
  };
  const goals = (['tests', 'total'] as const).map((what) => {
    const less = Object.values(data).map((times) =>
      median(ratios(times['kcov, cold'][what], times.istanbul[what])),
    );
    const mean = geometricMean(less);
    return {
      goal: `vitest: ${what === 'tests' ? 'tests run' : 'a first run is over'} in less time than with istanbul`,
      measured: `${digits(mean)} of istanbul's`,
      met: mean < 1,
    };
  });
  return { tables: [table], goals };
}

function row(project: string, way: Way, times: Record<Way, Times>): string[] {
  const cells = (['tests', 'total'] as const).flatMap((what) => [
    spread(summarize(times[way][what])),
    digits(median(ratios(times[way][what], times.none[what]))),
  ]);
  return [project, way, ...cells];
}
