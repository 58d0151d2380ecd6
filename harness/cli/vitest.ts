import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import { UsageError } from '../usage.ts';
import { CONFIG_VARIABLE, type ProjectOptions } from '../vitest/host/project.ts';
import { FLAGS_VARIABLE, FUZZ_VARIABLE, SECONDS } from '../vitest/mode.ts';

/** Vitest's own words that are no options: without one of them it would watch. */
const SUBCOMMANDS = ['run', 'watch', 'dev', 'related', 'bench', 'list', 'init'];

const HELP = `Usage: kcovjs vitest [arguments of vitest] [-- flags of libFuzzer]

Runs vitest, and in it each fuzz test fuzzes: for ${SECONDS} seconds, for the seconds of KCOVJS_FUZZ, for the maxTime of
the test, or for -max_total_time; whichever of these comes last in this list.
  kcovjs vitest                                    all tests
  kcovjs vitest src/parser.test.ts -t 'parses'     some
  kcovjs vitest -- -max_total_time=600             for ten minutes each
  KCOVJS_FUZZ=1 npx vitest run                     the same as kcovjs vitest
What was found is kept among the test's inputs, in corpus/<file>/<name>/regressions, and is a test case from then on.

What follows is vitest's own.

`;

/** @param flags libFuzzer's */
export function vitestCommand(flags: readonly string[]): Command {
  return new Command('vitest')
    .description(
      'run vitest, with its fuzz tests fuzzing; what follows is for vitest, and behind -- for libFuzzer',
    )
    .argument('[arguments...]')
    .allowUnknownOption()
    .helpOption(false)
    .action((_: string[], __: unknown, command: Command) => run(command.args, flags));
}

async function run(args: readonly string[], flags: readonly string[]): Promise<void> {
  const isHelp = args.includes('--help') || args.includes('-h');
  if (isHelp) process.stdout.write(HELP);
  const words = SUBCOMMANDS.includes(args[0] ?? '') || isHelp ? args : ['run', ...args];
  const child = spawn(process.execPath, [vitestPath(), ...words, ...(isHelp ? [] : room(args))], {
    stdio: 'inherit',
    env: {
      ...process.env,
      [FUZZ_VARIABLE]: process.env[FUZZ_VARIABLE] || '1',
      [FLAGS_VARIABLE]: JSON.stringify(flags),
      [CONFIG_VARIABLE]: JSON.stringify(projectOf(args)),
    },
  });
  // A terminal sends it to both.
  process.on('SIGINT', () => {});
  process.exitCode = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(signal === null ? (code ?? 1) : 1));
  });
}

/** Vitest's workers only wait for processes that fuzz, of which there are as many as cores. */
function room(args: readonly string[]): string[] {
  const cores = availableParallelism();
  return all(args, '--max-workers').length > 0 ? [] : [`--maxWorkers=${cores}`];
}

/** The user's own. */
function vitestPath(): string {
  const { resolve: find } = createRequire(join(process.cwd(), 'kcovjs.js'));
  try {
    return join(dirname(find('vitest/package.json')), 'vitest.mjs');
  } catch {
    throw new UsageError('vitest is not installed here; npm install --save-dev vitest');
  }
}

/** What says which project is meant. */
function projectOf(args: readonly string[]): ProjectOptions {
  const [root, config, dir, mode] = [
    last(args, '--root', '-r'),
    last(args, '--config', '-c'),
    last(args, '--dir'),
    last(args, '--mode'),
  ];
  const project = all(args, '--project');
  return {
    ...(root !== undefined && { root: resolve(root) }),
    ...(config !== undefined && { config: resolve(root ?? '.', config) }),
    ...(dir !== undefined && { dir }),
    ...(mode !== undefined && { mode }),
    ...(project.length > 0 && { project }),
  };
}

const last = (args: readonly string[], ...names: string[]): string | undefined => all(args, ...names).at(-1);

/** `--name value` and `--name=value`. */
const all = (args: readonly string[], ...names: string[]): string[] =>
  args.flatMap((word, i) => {
    const name = names.find((one) => word === one || word.startsWith(`${one}=`));
    if (name === undefined) return [];
    return word === name ? args.slice(i + 1, i + 2) : [word.slice(name.length + 1)];
  });
