import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { kldliterals, kldstat } from '../../src/ksyms/linker.ts';
import { checkDictionaries } from '../corpus/dictionaries.ts';
import { flag } from '../engine/flags.ts';
import { fuzz } from '../engine/fuzz.ts';
import type { EngineOptions } from '../engine/options.ts';
import { statOf } from '../inputs.ts';
import { prepare } from '../prepare.ts';
import { UsageError } from '../usage.ts';
import { checkSeeds, engineOf, type FuzzOptions, flagsOf } from './fuzz-options.ts';
import { filterOf } from './options.ts';
import { summary } from './summary.ts';

/** One process, which ends with what it finds. */
export async function fuzzAlone(
  name: string,
  corpus: string[],
  flags: readonly string[],
  options: FuzzOptions,
): Promise<void> {
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
