import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { debugFile } from '../debug/debug-file.ts';
import { prepare } from '../prepare.ts';
import { snapshot } from '../snapshot.ts';
import { Symbolizer } from '../symbolize/symbolizer.ts';
import { UsageError } from '../usage.ts';
import { addTargetOptions, engineOptionsOf, filterOf, type TargetOptions } from './options.ts';

export function ksymsCommand(): Command {
  return addTargetOptions(
    new Command('ksyms')
      .description("write the ELF snapshot of /dev/ksyms with the target's modules loaded")
      .argument('<target>', 'module that exports fuzz(data)')
      .option('-o, --output <file>', 'where to write it', 'ksyms.elf')
      .option('--debug', 'a larger file with DWARF lines, for addr2line, llvm-symbolizer and gdb'),
  ).action(ksyms);
}

async function ksyms(
  target: string,
  options: TargetOptions & { output: string; debug?: boolean },
): Promise<void> {
  await prepare(target, filterOf(options), engineOptionsOf(options));
  const elf = snapshot();
  writeWhole(options.output, options.debug ? debugFile(new Symbolizer(elf)) : elf);
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
