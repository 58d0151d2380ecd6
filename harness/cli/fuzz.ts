import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { kldliterals, kldstat } from '../../src/ksyms/linker.ts';
import { checkDictionaries } from '../corpus/dictionaries.ts';
import { fuzz } from '../engine/fuzz.ts';
import { type EngineOptions, flag } from '../engine/options.ts';
import { statOf } from '../inputs.ts';
import { prepare } from '../prepare.ts';
import { targetPath } from '../target.ts';
import { UsageError } from '../usage.ts';
import {
  addTargetOptions,
  engineOptionsOf,
  filterOf,
  port,
  type TargetOptions,
  targetWords,
  wholeNumber,
  workerCount,
} from './options.ts';
import { summary } from './summary.ts';

interface FuzzOptions extends TargetOptions {
  sync?: boolean;
  async?: boolean;
  timeout?: number;
  expectedErrors?: string[];
  mode: string;
  remote: boolean;
  hints: boolean;
  stackTraces?: boolean;
  workers?: number;
  keepGoing?: boolean;
  json?: boolean;
  prometheus?: number;
}

/** @param libFuzzerFlags what stood behind `--` */
export function fuzzCommand(libFuzzerFlags: readonly string[]): Command {
  return addTargetOptions(
    new Command('fuzz')
      .description('fuzz the function that a module exports; what follows -- goes to libFuzzer')
      .argument('<target>', 'module that exports fuzz(data): sync, promise or callback')
      .argument('[corpus...]', 'folders of inputs; new ones go to the first')
      .option('--sync', 'call the target synchronously, and do not wait for promises')
      .option(
        '--async',
        'give the event loop its turns between runs; chosen by itself for targets that need it',
      )
      .option('--timeout <ms>', 'milliseconds that one run may take (default: 5000)', wholeNumber)
      .option(
        '-x, --expected-errors <name>',
        'error that is expected to end the run; repeatable',
        (value, list: string[] = []) => [...list, value],
      )
      .option(
        '-m, --mode <mode>',
        "'fuzzing', or 'regression' to only run the inputs that there are",
        mode,
        'fuzzing',
      )
      .option('--no-remote', 'no feedback from remote sections, to see what it is worth')
      .option('--stack-traces', 'capture stacks in every run, for targets that read them; slower')
      .option('--no-hints', 'no inputs made from what others compare, to see what they are worth')
      .option('--workers <n>', 'fuzz in so many processes, which share the corpus', workerCount)
      .option('--keep-going', 'findings do not end it: each is kept, made smaller and listed')
      .option('--json', 'JSON lines on standard output instead of a screen')
      .option('--prometheus <port>', 'serve metrics on loopback; 0 for any free port', port)
      // Jazzer.js adds it where libFuzzer starts further processes (-fork, -merge); our PCs need no file to agree.
      .addOption(new Option('--id-sync-file <file>').hideHelp()),
  ).action((target: string, corpus: string[], options: FuzzOptions) =>
    run(target, corpus, libFuzzerFlags, options),
  );
}

function mode(value: string): string {
  if (value !== 'fuzzing' && value !== 'regression')
    throw new InvalidArgumentError(`mode is 'fuzzing' or 'regression'`);
  return value;
}

async function run(
  name: string,
  corpus: string[],
  flags: readonly string[],
  options: FuzzOptions,
): Promise<void> {
  const isCampaign = [options.workers, options.keepGoing, options.json, options.prometheus].some(
    (one) => one !== undefined,
  );
  if (isCampaign) return fuzzTogether(name, corpus, flags, options);
  checkSeeds(corpus.slice(1));
  checkCorpus(corpus[0]);
  checkArtifacts(flags);
  const checked = flagsOf(checkDictionaries(flags), options);
  const engine: EngineOptions = { ...engineOf(options), corpus, libFuzzerFlags: checked };
  const { target } = await prepare(name, filterOf(options), engine);
  if (kldstat().length === 1)
    process.stderr.write(
      'kcovjs: WARNING: no file that the target loads is instrumented; say which are with -i\n',
    );
  blockOutput();
  const result = await fuzz({
    target,
    options: engine,
    kldstat,
    ...(options.hints && { literals: kldliterals() }),
  });
  if (result.restart !== undefined) return again();
  for (const line of summary(result)) process.stderr.write(`kcovjs: ${line}\n`);
  // A target may have left timers and sockets behind.
  process.exit(result.code);
}

const engineOf = (options: FuzzOptions): EngineOptions => ({
  ...engineOptionsOf(options),
  loop: options.sync ? 'sync' : options.async ? 'async' : 'auto',
  ...(options.timeout !== undefined && { timeout: options.timeout }),
  expectedErrors: options.expectedErrors ?? [],
  remote: options.remote,
  hints: options.hints,
  stackTraces: options.stackTraces ?? false,
});

const flagsOf = (flags: readonly string[], { mode }: FuzzOptions): string[] =>
  mode === 'regression' ? [...flags, '-runs=0'] : [...flags];

/** Several processes, or one that goes on: a campaign of one target. */
async function fuzzTogether(
  name: string,
  corpus: readonly string[],
  libFuzzerFlags: readonly string[],
  options: FuzzOptions,
): Promise<void> {
  if (options.expectedErrors !== undefined)
    throw new UsageError('-x, --expected-errors: a campaign lists every error; leave --workers and such out');
  const path = targetPath(name);
  const [folder = `${basename(path, extname(path))}-corpus`, ...seeds] = corpus;
  checkSeeds(seeds);
  const flags = flagsOf(checkDictionaries(libFuzzerFlags), options);
  const [{ campaignOf }, { planOf }] = await Promise.all([import('./campaign-of.ts'), import('./plan.ts')]);
  const plan = planOf({
    name,
    target: path,
    corpus: folder,
    seeds: seeds.map((one) => resolve(one)),
    request: { filter: filterOf(options), engine: engineOf(options) },
    flags,
    options: targetWords(options),
  });
  await campaignOf({
    plans: [plan],
    workers: options.workers ?? 1,
    keepGoing: options.keepGoing ?? false,
    flags,
    json: options.json ?? false,
    ...(options.prometheus !== undefined && { prometheus: options.prometheus }),
  });
}

/**
 * libFuzzer writes to the descriptors itself and does not wait: where Node has set a pipe not to block, and its reader
 * is slow, whole lines are lost.
 */
function blockOutput(): void {
  for (const stream of [process.stdout, process.stderr])
    (stream as { _handle?: { setBlocking?(blocking: boolean): void } })._handle?.setBlocking?.(true);
}

/** The whole process once more, with the loop that can wait for promises. */
function again(): Promise<void> {
  process.stderr.write(
    'INFO: the target returns promises: starting again with the asynchronous loop (--async)\n',
  );
  const [script, ...words] = process.argv.slice(1);
  const at = words.indexOf('--');
  const own = at === -1 ? words : words.slice(0, at);
  const args = [...process.execArgv, script!, ...own, '--async', ...words.slice(own.length)];
  const child = spawn(process.execPath, args, { stdio: 'inherit' });
  // The terminal sends its signals to the child too, which ends in its own way.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((_, fail) => {
    child.on('error', fail);
    child.on('exit', (code, signal) =>
      process.exit(signal === null ? (code ?? 1) : 128 + constants.signals[signal]),
    );
  });
}

function checkSeeds(paths: readonly string[]): void {
  for (const path of paths) {
    if (statOf(path) === undefined) throw new UsageError(`${path}: no such corpus folder`);
  }
}

/** The first folder is made if need be, and must take new inputs. */
function checkCorpus(first: string | undefined): void {
  if (first === undefined || statOf(first)?.isFile()) return;
  try {
    mkdirSync(first, { recursive: true });
    rmSync(mkdtempSync(join(first, '.kcovjs-')), { recursive: true });
  } catch (error) {
    throw new UsageError(
      `${first}: cannot be written: ${(error as NodeJS.ErrnoException).code}; name another folder for new inputs`,
    );
  }
}

/** libFuzzer would find out only when it has something to write. */
function checkArtifacts(flags: readonly string[]): void {
  const prefix = flag(flags, 'artifact_prefix');
  if (prefix === undefined) return;
  const folder = prefix.endsWith('/') ? prefix : dirname(prefix);
  if (!statOf(folder)?.isDirectory())
    throw new UsageError(`-artifact_prefix=${prefix}: there is no folder ${folder}; make it first`);
}
