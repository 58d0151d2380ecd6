import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Command } from 'commander';
import { ElfError } from '../symbolize/elf.ts';
import { formatFrame } from '../symbolize/format.ts';
import { Symbolizer } from '../symbolize/symbolizer.ts';
import { UsageError } from '../usage.ts';

export function symbolizeCommand(): Command {
  return new Command('symbolize')
    .description('tell the function and the line of addresses, as addr2line does')
    .requiredOption('-e, --exe <elf>', 'snapshot, as kcovjs ksyms writes it')
    .argument(
      '[pc...]',
      'addresses in hexadecimal; without any, they are read from standard input, one a line',
    )
    .action(symbolize);
}

async function symbolize(pcs: string[], { exe }: { exe: string }): Promise<void> {
  const symbolizer = open(exe);
  const print = (text: string): boolean => process.stdout.write(`${describe(symbolizer, text)}\n`);
  if (pcs.length > 0) {
    for (const pc of pcs) print(pc);
    return;
  }
  for await (const line of createInterface({ input: process.stdin }))
    if (line.trim() !== '') print(line.trim());
}

function open(path: string): Symbolizer {
  try {
    return new Symbolizer(readFileSync(path));
  } catch (error) {
    if (error instanceof ElfError)
      throw new UsageError(`${path}: ${error.message}; give a file that kcovjs ksyms wrote`);
    throw new UsageError(`${path}: cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}

function describe(symbolizer: Symbolizer, text: string): string {
  if (!/^(0x)?[0-9a-f]{1,16}$/i.test(text))
    throw new UsageError(`'${text}': no address; write it as 0xffffffff81234567`);
  const pc = BigInt(text.startsWith('0x') || text.startsWith('0X') ? text : `0x${text}`);
  return formatFrame(pc, symbolizer.lookup(pc));
}
