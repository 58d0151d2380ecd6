#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { KERNEL_VARIABLE } from '../../src/processes.ts';
import { EXIT, UsageError } from '../usage.ts';
import { campaignCommand } from './campaign.ts';
import { findingsCommand } from './findings.ts';
import { fuzzCommand } from './fuzz.ts';
import { ksymsCommand } from './ksyms.ts';
import { mergeCommand } from './merge.ts';
import { minimizeCommand } from './minimize.ts';
import { split } from './options.ts';
import { replayCommand } from './replay.ts';
import { reportCommand } from './report.ts';
import { symbolizeCommand } from './symbolize.ts';
import { version } from './version.ts';

/** @param flags libFuzzer's */
function program(flags: readonly string[]): Command {
  const main = new Command('kcovjs')
    .description('Fuzzing with kcov-style feedback for JavaScript')
    .version(version())
    .showSuggestionAfterError();
  const commands = [
    fuzzCommand(flags),
    campaignCommand(),
    findingsCommand(),
    replayCommand(),
    minimizeCommand(),
    mergeCommand(),
    reportCommand(),
    ksymsCommand(),
    symbolizeCommand(),
  ];
  for (const command of commands) main.addCommand(command);
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
  await program(flags).parseAsync(own, { from: 'user' });
} catch (error) {
  process.exitCode = fail(error);
}
// A target may have left timers, sockets and threads behind.
process.stdout.write('', () => process.exit());
