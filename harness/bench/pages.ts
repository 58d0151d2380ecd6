import type { PageCost } from './page-run.ts';
import type { Context, Part, Presented } from './part.ts';
import { runModule } from './process.ts';
import { digits, type Table } from './table.ts';

/** What the HTML report of a large project costs, and how that grows: three sizes, each twice the one before. */
export const pages: Part<PageCost[]> = { name: 'report', measure, present };

const SHARES = [1 / 4, 1 / 2, 1] as const;
/** Seconds. */
const LIMIT = 3600;

async function measure({ settings, folder, progress }: Context): Promise<PageCost[]> {
  const costs: PageCost[] = [];
  for (const share of SHARES) {
    const [files, inputs] = [settings.files, settings.inputs].map((count) => Math.ceil(count * share));
    progress(`report: ${files} files, ${inputs} inputs`);
    const request = { folder: folder('report'), files, inputs };
    costs.push(await runModule<PageCost>('page-run', request, LIMIT));
  }
  return costs;
}

/** Twice as much of everything costs 2 to the power of it as much. */
const exponent = (costs: readonly PageCost[], of: (cost: PageCost) => number): number => {
  const [least, most] = [costs[0]!, costs.at(-1)!];
  return Math.log(of(most) / of(least)) / Math.log(most.files / least.files);
};

const total = ({ sources, coverage, index, chunks }: PageCost): number => sources + coverage + index + chunks;

function present(costs: PageCost[]): Presented {
  const growth = (of: (cost: PageCost) => number): string => digits(exponent(costs, of));
  const table: Table = {
    title: 'The HTML report of made-up projects',
    columns: [
      'files and inputs',
      'seconds',
      'parsing',
      'istanbul',
      'index',
      'chunks',
      'megabytes of the page',
      'of memory',
    ],
    rows: [
      ...costs.map((cost) => [
        `${digits(cost.files)}, ${digits(cost.inputs)}`,
        ...[total(cost), cost.sources, cost.coverage, cost.index, cost.chunks].map(digits),
        digits(cost.bytes / 1e6),
        digits(cost.memory),
      ]),
      [
        'exponent of growth',
        ...[total, ...(['sources', 'coverage', 'index', 'chunks', 'bytes', 'memory'] as const).map(pick)].map(
          growth,
        ),
      ],
    ],
    notes: ['without running a target: what it would have reached is made up'],
  };
  return { tables: [table], goals: goals(costs) };
}

const pick =
  (key: keyof PageCost) =>
  (cost: PageCost): number =>
    cost[key];

function goals(costs: readonly PageCost[]): Presented['goals'] {
  const worst = Math.max(
    exponent(costs, total),
    exponent(costs, ({ bytes }) => bytes),
  );
  return [
    {
      goal: 'time and size of the HTML report grow close to linearly (exponent at most 1.15)',
      measured: digits(worst),
      met: worst <= 1.15,
    },
  ];
}
