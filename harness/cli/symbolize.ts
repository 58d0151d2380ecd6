import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { harmless } from '../harmless.ts';
import { AddressLines, type EachAddress, NoAddress } from '../symbolize/address-lines.ts';
import { ANSWER_FORMS, Answers } from '../symbolize/answers.ts';
import { ElfError } from '../symbolize/elf.ts';
import { Symbolizer } from '../symbolize/symbolizer.ts';
import { UsageError } from '../usage.ts';

interface SymbolizeOptions {
  exe: string;
  functions?: boolean;
  basenames?: boolean;
  json?: boolean;
}

export function symbolizeCommand(): Command {
  return new Command('symbolize')
    .description('tell the function and the line of addresses, as addr2line does')
    .requiredOption('-e, --exe <elf>', 'file that kcovjs ksyms wrote')
    .option('-f, --functions', 'two lines an address, as addr2line -f: the function, then file and line')
    .option('-s, --basenames', 'files without their folders')
    .addOption(new Option('--json', 'one JSON object a line and address').conflicts('functions'))
    .argument(
      '[pc...]',
      'addresses in hexadecimal; without any, they are read from standard input, one a line',
    )
    .action(symbolize);
}

async function symbolize(pcs: string[], options: SymbolizeOptions): Promise<void> {
  const form = ANSWER_FORMS[options.json ? 'json' : options.functions ? 'functions' : 'usual'];
  const answers = new Answers(open(options.exe), form, options.basenames);
  const given = pcs.length > 0;
  // An empty word is no address, where an empty line is nothing.
  const words = pcs.map((pc) => (pc.trim() === '' ? "''" : pc)).join('\n');
  try {
    await answer(answers, given ? [Buffer.from(words)] : process.stdin);
  } catch (error) {
    throw refusal(error, options.exe, given);
  }
}

/** What has come is answered before more is read: whoever asks may wait for the answer before the next question. */
async function answer(answers: Answers, source: Iterable<Buffer> | AsyncIterable<Buffer>): Promise<void> {
  const lines = new AddressLines();
  for await (const bytes of source) await answered((each) => lines.read(bytes, each), answers);
  await answered((each) => lines.end(each), answers);
}

/** Writes the answers to all that `read` finds, also where it fails behind them. */
async function answered(read: (each: EachAddress) => void, answers: Answers): Promise<void> {
  const found: string[] = [];
  try {
    read((high, low) => found.push(answers.of(high, low)));
  } finally {
    if (found.length > 0)
      await new Promise((resolve) => process.stdout.write(found.join(''), 'latin1', resolve));
  }
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

function refusal(error: unknown, exe: string, given: boolean): unknown {
  if (error instanceof ElfError)
    return new UsageError(`${exe}: ${error.message}; write it again with kcovjs ksyms`);
  if (error instanceof NoAddress) {
    const where = given ? '' : `standard input, line ${error.line}: `;
    return new UsageError(
      `${where}'${harmless(error.text).slice(0, 80)}': no address; write it as 0xffffffff81234567`,
    );
  }
  return error;
}
