import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CALL_SIZE, SITE_SIZE } from '../../src/abi/text.ts';
import { Symbolizer } from '../symbolize/symbolizer.ts';
import { loadPackage } from './packages.ts';
import { type Context, type Goal, measureEach, type Part, type Presented } from './part.ts';
import { Random } from './random.ts';
import { TARGET } from './rate.ts';
import { median, ratios, summarize } from './statistics.ts';
import { digits, spread, type Table } from './table.ts';

/** The time from the start of a tool to its last answer, for addresses on standard input. */
const MAIN = fileURLToPath(new URL('../cli/main.js', import.meta.url));
const LARGE = fileURLToPath(new URL('./large-target.js', import.meta.url));
const SEED = 1;

/** All read the same file; the first two print the same bytes. */
const TOOLS = {
  ours: [process.execPath, MAIN, 'symbolize', '-f', '-e'],
  addr2line: ['addr2line', '-f', '-e'],
  oursUsual: [process.execPath, MAIN, 'symbolize', '-e'],
  llvm: ['llvm-symbolizer', '-e'],
} as const;
type Tool = keyof typeof TOOLS;
const NAMES = Object.keys(TOOLS) as Tool[];

interface Program {
  /** Sites that have a line. */
  sites: number;
  addresses: number;
  /** Seconds, one number for each repetition. */
  seconds: Record<Tool, number[]>;
}

export type Symbolized = Record<string, Program>;

export const symbolize: Part<Symbolized> = { name: 'symbolize', measure, present };

function measure(context: Context): Promise<Symbolized> {
  const programs = ['packages', ...(context.settings.symbolize.large ? ['typescript'] : [])];
  return measureEach(programs, context, (name) => measureProgram(name, context));
}

async function measureProgram(name: string, context: Context): Promise<Program> {
  const { settings, folder, progress } = context;
  const own = folder('symbolize');
  progress(`symbolize: ${name}: its symbols`);
  const elf = await symbolsOf(name, context.packages, own);
  const sites = sitesOf(elf);
  const random = new Random(SEED);
  const pcs = Array.from({ length: settings.symbolize.addresses }, () => random.pick(sites));
  writeFileSync(join(own, 'pcs'), pcs.map((pc) => `0x${pc.toString(16)}\n`).join(''));

  const seconds: Program['seconds'] = { ours: [], addr2line: [], oursUsual: [], llvm: [] };
  for (let i = 0; i < settings.repetitions; i++) {
    for (const tool of NAMES) {
      progress(`symbolize: ${name}: ${tool}, ${i + 1} of ${settings.repetitions}`);
      seconds[tool].push(run(tool, elf, own));
    }
    checkAnswers(own);
  }
  return { sites: sites.length, addresses: pcs.length, seconds };
}

async function symbolsOf(name: string, packages: readonly string[], folder: string): Promise<string> {
  const elf = join(folder, 'debug.elf');
  const subjects = await Promise.all(packages.map(loadPackage));
  const [target, include] =
    name === 'packages'
      ? [TARGET, subjects.flatMap((one) => one.include)]
      : [LARGE, ['node_modules/typescript/']];
  const args = [MAIN, 'ksyms', target, ...include.flatMap((part) => ['-i', part]), '--debug', '-o', elf];
  const env = { ...process.env, KCOVJS_BENCH_PACKAGES: packages.join(',') };
  const { status, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr.trimEnd().split('\n').at(-1));
  return elf;
}

/** PCs as a trace has them. The callbacks of the kernel have no lines, which tools say in different ways. */
function sitesOf(elf: string): bigint[] {
  const symbolizer = new Symbolizer(readFileSync(elf));
  return symbolizer
    .functions()
    .filter(({ address }) => symbolizer.lookup(address)?.file !== undefined)
    .flatMap(({ address, size }) =>
      Array.from({ length: size / SITE_SIZE }, (_, i) => address + BigInt(i * SITE_SIZE + CALL_SIZE)),
    );
}

function run(tool: Tool, elf: string, folder: string): number {
  const [command, ...args] = TOOLS[tool];
  const [stdin, stdout] = [openSync(join(folder, 'pcs'), 'r'), openSync(join(folder, tool), 'w')];
  const start = performance.now();
  const { status, stderr, error } = spawnSync(command!, [...args, elf], {
    stdio: [stdin, stdout, 'pipe'],
    encoding: 'utf8',
  });
  const seconds = (performance.now() - start) / 1000;
  closeSync(stdin);
  closeSync(stdout);
  if (error !== undefined || status !== 0) throw error ?? new Error(`${tool}: ${stderr.trim()}`);
  return seconds;
}

/** Numbers of tools that do not say the same are worth nothing. */
function checkAnswers(folder: string): void {
  const read = (tool: Tool): string => readFileSync(join(folder, tool), 'utf8');
  if (read('ours') !== read('addr2line')) throw new Error('we and addr2line do not say the same');
  // `0x… decode+0x1d /lib/decoder.js:120:9`, and `decode` above `/lib/decoder.js:120:9` above nothing.
  const ours = read('oursUsual').replace(/^\S+ (.*)\+0x[\da-f]+ (.*)$/gm, '$1\n$2\n');
  if (ours !== read('llvm')) throw new Error('we and llvm-symbolizer do not say the same');
}

function present(data: Symbolized): Presented {
  const seconds = (values: readonly number[]): string => spread(summarize(values));
  const table: Table = {
    title: 'Seconds to symbolize addresses from standard input',
    columns: [
      'program',
      'sites',
      'addresses',
      'ours, -f',
      'addr2line -f',
      'ours',
      'llvm-symbolizer',
      'addr2line / ours',
      'llvm-symbolizer / ours',
    ],
    rows: Object.entries(data).map(([name, one]) => [
      name,
      digits(one.sites),
      digits(one.addresses),
      ...NAMES.map((tool) => seconds(one.seconds[tool])),
      digits(against(one, 'addr2line', 'ours')),
      digits(against(one, 'llvm', 'oursUsual')),
    ]),
    notes: [
      'from the start of the process to its end; all read the file of kcovjs ksyms --debug, and their answers were the same: with -f function, file and line; without it, and of llvm-symbolizer, columns too',
    ],
  };
  return { tables: [table], goals: goals(data) };
}

const against = ({ seconds }: Program, other: Tool, ours: Tool): number =>
  median(ratios(seconds[other], seconds[ours]));

const goals = (data: Symbolized): Goal[] =>
  Object.entries(data)
    // Where less is asked for, most of the time is the start of a process.
    .filter(([, { addresses }]) => addresses >= 1_000_000)
    .map(([name, one]) => {
      const others = [against(one, 'addr2line', 'ours'), against(one, 'llvm', 'oursUsual')];
      const longest = Math.max(median(one.seconds.ours), median(one.seconds.oursUsual));
      return {
        goal: `a million addresses of ${name} in two seconds, ahead of addr2line and llvm-symbolizer`,
        measured: `${digits(longest)} s; ${others.map((ratio) => `${digits(ratio)} times`).join(' and ')}`,
        met: longest <= 2 && Math.min(...others) > 1,
      };
    });
