import { Command, InvalidArgumentError, Option } from 'commander';
import type { FuzzOptions } from './fuzz-options.ts';
import { addTargetOptions, port, wholeNumber, workerCount } from './options.ts';

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

/** A campaign's own process loads nothing of the fuzzer's, and one that fuzzes nothing of campaigns. */
async function run(
  name: string,
  corpus: string[],
  flags: readonly string[],
  options: FuzzOptions,
): Promise<void> {
  const isCampaign = [options.workers, options.keepGoing, options.json, options.prometheus].some(
    (one) => one !== undefined,
  );
  if (isCampaign) return (await import('./fuzz-together.ts')).fuzzTogether(name, corpus, flags, options);
  return (await import('./fuzz-alone.ts')).fuzzAlone(name, corpus, flags, options);
}
