import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Bug, bugFile, loadBug } from './bugs.ts';
import { type Context, type Goal, measureEach, type Part, type Presented } from './part.ts';
import { type FuzzCommand, failure, runFuzzer, SIDES, type Side } from './process.ts';
import { censoredMedian, type Duration, median } from './statistics.ts';
import { digits, type Table } from './table.ts';

/** How long either fuzzer takes to find a published bug, from the start of its process. */

interface BugSearch {
  advisory: string;
  /** One for each seed. */
  times: Record<Side, Duration[]>;
}

export type Search = Record<string, BugSearch>;

/** Milliseconds after which a run counts as one that never ends; the fuzzers' own 5 s would be most of the time. */
const HANG = 1000;

const measure = (context: Context): Promise<Search> =>
  measureEach(context.bugs, context, async (name) => {
    const bug = await loadBug(name);
    const times: BugSearch['times'] = { ours: [], peer: [] };
    for (let seed = 1; seed <= context.settings.seeds; seed++) {
      for (const side of SIDES) {
        context.progress(`bugs: ${name}: ${side}, seed ${seed} of ${context.settings.seeds}`);
        times[side].push(await find({ side, name, bug, seed, ...context }));
      }
    }
    return { advisory: bug.advisory, times };
  });

/**
 * The command that runs a bug's target.
 *
 * @param found the folder for what it finds
 */
export function bugCommand(
  name: string,
  bug: Bug,
  found: string,
  { corpus, flags }: Pick<FuzzCommand, 'corpus' | 'flags'>,
): FuzzCommand {
  return {
    target: fileURLToPath(bugFile(name)),
    include: [bug.folder],
    loop: bug.async ? 'async' : 'sync',
    ...(bug.hangs && { timeout: HANG }),
    ...(corpus && { corpus }),
    flags: [`-artifact_prefix=${found}/`, ...flags],
  };
}

/** How the name of the input begins that libFuzzer writes when it has found the bug. */
export const evidence = ({ hangs }: Bug): string => (hangs ? 'timeout-' : 'crash-');

interface Hunt extends Pick<Context, 'settings' | 'folder'> {
  side: Side;
  name: string;
  bug: Bug;
  seed: number;
}

async function find({ side, name, bug, seed, settings, folder }: Hunt): Promise<Duration> {
  const own = folder(`bug-${name}`);
  const [corpus, seeds, found] = ['corpus', 'seeds', 'found'].map((one) => join(own, one)) as [
    string,
    string,
    string,
  ];
  for (const path of [corpus, seeds, found]) mkdirSync(path);
  bug.seeds.forEach((data, i) => {
    writeFileSync(join(seeds, `seed-${i}`), data);
  });
  const flags = [`-seed=${seed}`, `-max_total_time=${settings.limit}`];
  const command = bugCommand(name, bug, found, { corpus: [corpus, seeds], flags });
  const ran = await runFuzzer(side, command, { limit: settings.limit + 60 });
  const files = readdirSync(found);
  if (files.some((file) => file.startsWith(evidence(bug)))) return { seconds: ran.seconds, censored: false };
  // Whatever else ended the run, such as one that was slow by chance, is not the bug.
  if (files.length === 0 && !/^Done \d+ runs/m.test(ran.stderr)) throw failure(`${name}: ${side}`, ran);
  return { seconds: settings.limit, censored: true };
}

const shown = ({ seconds, censored }: Duration): string => `${censored ? '>' : ''}${digits(seconds)}`;

const foundBy = (times: readonly Duration[]): number => times.filter(({ censored }) => !censored).length;

function present(data: Search): Presented {
  const bugs = Object.entries(data);
  const cells = (times: Duration[]): string[] => [
    shown(censoredMedian(times)),
    times.map(shown).join(' '),
    `${foundBy(times)}/${times.length}`,
  ];
  const table: Table = {
    title: 'Seconds to published bugs',
    columns: ['bug', 'advisory', 'ours', 'each', 'found', 'Jazzer.js', 'each', 'found', 'Jazzer.js / ours'],
    rows: bugs.map(([name, { advisory, times }]) => [
      name,
      advisory,
      ...cells(times.ours),
      ...cells(times.peer),
      ratio(times),
    ]),
    notes: [
      'from the start of the process; medians; >n: not within n seconds, which is counted as longer than all others',
      `where the bug is a loop that never ends, it counts as found ${HANG / 1000} s after it began; seeds, flags and detectors are the same`,
    ],
  };
  return { tables: [table], goals: goals(Object.values(data)) };
}

/** What can be said of the ratio where one of the two may have been cut off. */
function ratio({ ours, peer }: BugSearch['times']): string {
  const [own, others] = [censoredMedian(ours), censoredMedian(peer)];
  if (own.censored && others.censored) return '-';
  const bound = others.censored ? '>' : own.censored ? '<' : '';
  return `${bound}${digits(others.seconds / own.seconds)}`;
}

function goals(bugs: BugSearch[]): Goal[] {
  const count = (side: Side): number => bugs.filter(({ times }) => foundBy(times[side]) > 0).length;
  const missed = bugs.filter(({ times }) => foundBy(times.peer) > 0 && foundBy(times.ours) === 0);
  const [own, others] = [count('ours'), count('peer')];
  const ratios = bugs
    .filter(({ times }) => !censoredMedian(times.ours).censored || !censoredMedian(times.peer).censored)
    .map(({ times }) => {
      const [mine, theirs] = [censoredMedian(times.ours), censoredMedian(times.peer)];
      // A limit stands for the time: on which side of the median that lies, it hardly changes.
      return theirs.seconds / mine.seconds;
    });
  const middle = ratios.length === 0 ? Number.NaN : median(ratios);
  return [
    {
      goal: 'every bug that Jazzer.js finds, and more',
      measured: `${own} of ${bugs.length}, Jazzer.js ${others}${missed.length > 0 ? `; missed ${missed.length} of those` : ''}`,
      met: missed.length === 0 && own > others,
    },
    {
      goal: "in a third of Jazzer.js's time at the median",
      measured: ratios.length === 0 ? 'nothing found' : `1/${digits(middle)}`,
      met: middle >= 3,
    },
  ];
}

export const search: Part<Search> = { name: 'bugs', measure, present };
