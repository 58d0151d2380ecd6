import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { prepare } from '../prepare.ts';
import { snapshot } from '../snapshot.ts';
import { UsageError } from '../usage.ts';
import { addTargetOptions, engineOptionsOf, filterOf, type TargetOptions } from './options.ts';

export function ksymsCommand(): Command {
  return addTargetOptions(
    new Command('ksyms')
      .description("write the ELF snapshot of /dev/ksyms with the target's modules loaded")
      .argument('<target>', 'module that exports fuzz(data)')
      .option('-o, --output <file>', 'where to write it', 'ksyms.elf'),
  ).action(ksyms);
}

async function ksyms(target: string, options: TargetOptions & { output: string }): Promise<void> {
  await prepare(target, filterOf(options), engineOptionsOf(options));
  writeWhole(options.output, snapshot());
}

/** All of it or nothing: a file that is half written is never seen under its name. */
function writeWhole(path: string, bytes: Uint8Array): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, bytes);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new UsageError(
      `${path}: cannot be written: ${(error as NodeJS.ErrnoException).code}; name another with -o`,
    );
  }
}
