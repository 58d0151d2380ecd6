import { Command } from 'commander';
import { debugFile } from '../debug/debug-file.ts';
import { writeOutput } from '../outputs.ts';
import { prepare } from '../prepare.ts';
import { snapshot } from '../snapshot.ts';
import { Symbolizer } from '../symbolize/symbolizer.ts';
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
  const bytes = options.debug ? debugFile(new Symbolizer(elf)) : elf;
  writeOutput(options.output, bytes);
}
