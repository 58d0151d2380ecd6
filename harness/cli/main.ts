#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { KERNEL_VARIABLE } from '../../src/processes.ts';
import { EXIT, UsageError } from '../usage.ts';
import { split } from './options.ts';
import { version } from './version.ts';

/** A command is loaded when it is asked for: some load much that others would wait for. */
const COMMANDS: Readonly<Record<string, (flags: readonly string[]) => Promise<Command>>> = {
  fuzz: async (flags) => (await import('./fuzz.ts')).fuzzCommand(flags),
  campaign: async () => (await import('./campaign.ts')).campaignCommand(),
  findings: async () => (await import('./findings.ts')).findingsCommand(),
  replay: async () => (await import('./replay.ts')).replayCommand(),
  minimize: async () => (await import('./minimize.ts')).minimizeCommand(),
  merge: async () => (await import('./merge.ts')).mergeCommand(),
  report: async () => (await import('./report.ts')).reportCommand(),
  ksyms: async () => (await import('./ksyms.ts')).ksymsCommand(),
  symbolize: async () => (await import('./symbolize.ts')).symbolizeCommand(),
  vitest: async (flags) => (await import('./vitest.ts')).vitestCommand(flags),
};

/**
 * @param name of the command that is asked for; all are there if it is none of them
 * @param flags libFuzzer's
 */
async function program(name: string | undefined, flags: readonly string[]): Promise<Command> {
  const main = new Command('kcovjs')
    .description('Fuzzing with kcov-style feedback for JavaScript')
    .version(version())
    .showSuggestionAfterError();
  const asked = Object.entries(COMMANDS).filter(([known]) => known === name);
  const loaders = asked.length > 0 ? asked : Object.entries(COMMANDS);
  for (const [, load] of loaders) main.addCommand(await load(flags));
  for (const command of [main, ...main.commands]) {
    command.exitOverride().configureOutput({ outputError: () => {} });
  }
  return main;
}

/** Whatever went wrong, in one line; only our own failures show where they come from, and only if asked. */
function fail(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.ok;
    const message = error.message.replace(/^error: /, '').replace(/\n/g, ' ');
    if (error.code !== 'commander.help') process.stderr.write(`kcovjs: ${message}; see kcovjs --help\n`);
    return EXIT.usage;
  }
  if (error instanceof UsageError) {
    process.stderr.write(`kcovjs: ${error.message}\n`);
    return EXIT.usage;
  }
  const text = error instanceof Error ? error.message : String(error);
  process.stderr.write(`kcovjs: internal failure: ${text.split('\n')[0]}\n`);
  if (process.env['KCOVJS_DEBUG'] && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return EXIT.ourFailure;
}

// A reader such as `head` may close the pipe before all is written; that is no failure of ours. A campaign looks after
// its reader itself, and goes on without one.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (process.stdout.listenerCount('error') > 1) return;
  process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.ourFailure);
});

// A command is nobody's child, even where the code under test of another one has started it.
delete process.env[KERNEL_VARIABLE];

try {
  const { own, flags } = split(process.argv.slice(2));
  await (await program(own[0], flags)).parseAsync(own, { from: 'user' });
} catch (error) {
  process.exitCode = fail(error);
}
// A target may have left timers, sockets and threads behind.
process.stdout.write('', () => process.exit());
