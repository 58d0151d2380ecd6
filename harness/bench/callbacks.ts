import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { COMMONJS, MODULE, type Turns } from './loops.ts';
import type { Context, Part, Presented } from './part.ts';
import { type FuzzCommand, failure, runFuzzer, runModule } from './process.ts';
import { summarize } from './statistics.ts';
import { spread, type Table } from './table.ts';
import type { LoopRequest, LoopResult } from './timed-loops.ts';
import type { Pace } from './timing.ts';

/** What one callback costs, in a loop that does nothing else. */

const PLAIN = { title: 'plain', callbacks: 'none', mode: 'disabled' } as const;
const OURS = (['inline', 'call'] as const).flatMap((callbacks) =>
  (['disabled', 'pc', 'cmp'] as const).map((mode) => ({
    title: `ours, ${callbacks}, ${mode}`,
    callbacks,
    mode,
  })),
);
const PEER = [
  { title: 'Jazzer.js, CommonJS', file: 'loops.cjs', source: COMMONJS },
  { title: 'Jazzer.js, ES module', file: 'loops.mjs', source: MODULE },
] as const;

/** Nanoseconds of one turn, by what was run; one for each repetition. */
export type Callbacks = Record<string, Turns[]>;

export const callbacks: Part<Callbacks> = { name: 'callbacks', measure, present };

const LIMIT = 60;
const TARGET = fileURLToPath(new URL('./loops-target.js', import.meta.url));

async function measure({ settings, folder, progress }: Context): Promise<Callbacks> {
  const all: Callbacks = {};
  const own = folder('callbacks');
  const { pace } = settings;
  for (let i = 0; i < settings.repetitions; i++) {
    for (const { title, ...how } of [PLAIN, ...OURS]) {
      progress(`callbacks: ${title}, ${i + 1} of ${settings.repetitions}`);
      const request: LoopRequest = { folder: own, pace, ...how };
      const { edges, compares } = await runModule<LoopResult>('timed-loops', request, LIMIT);
      all[title] = [...(all[title] ?? []), { edges, compares }];
    }
    for (const { title, file, source } of PEER) {
      progress(`callbacks: ${title}, ${i + 1} of ${settings.repetitions}`);
      writeFileSync(join(own, file), source);
      all[title] = [...(all[title] ?? []), await runPeer(own, file, pace)];
    }
  }
  return all;
}

async function runPeer(folder: string, file: string, pace: Pace): Promise<Turns> {
  const out = join(folder, 'out.json');
  const path = join(folder, file);
  const command: FuzzCommand = {
    target: TARGET,
    include: [path],
    detectors: false,
    timeout: LIMIT * 1000,
    flags: ['-runs=1', `-artifact_prefix=${folder}/`],
  };
  const env = { KCOVJS_BENCH_REQUEST: JSON.stringify({ file: path, pace }), KCOVJS_BENCH_OUT: out };
  const ran = await runFuzzer('peer', command, { env, limit: LIMIT });
  if (ran.code !== 0) throw failure(`callbacks: ${file}`, ran);
  return JSON.parse(readFileSync(out, 'utf8')) as Turns;
}

function present(data: Callbacks): Presented {
  const plain = data[PLAIN.title]!;
  const edge = (turns: Turns[]): number[] => turns.map(({ edges }, i) => edges - plain[i]!.edges);
  const compare = (turns: Turns[]): number[] => {
    const edges = edge(turns);
    return turns.map(({ compares }, i) => compares - plain[i]!.compares - edges[i]!);
  };
  const table: Table = {
    title: 'Nanoseconds that one callback adds',
    columns: ['', 'edge', 'comparison with a constant'],
    rows: Object.entries(data)
      .filter(([title]) => title !== PLAIN.title)
      .map(([title, turns]) => [title, spread(summarize(edge(turns))), spread(summarize(compare(turns)))]),
    notes: [
      'a turn of a loop that does nothing else, less the same turn in plain code; 0 is what hides behind it',
    ],
  };
  return { tables: [table], goals: [] };
}
