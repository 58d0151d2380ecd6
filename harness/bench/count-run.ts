import { KCOV_BUF_MAX_ENTRIES, KCOV_MODE_TRACE_CMP, KCOV_MODE_TRACE_PC } from '../../src/abi/kcov.ts';
import { register } from '../../src/loader/register.ts';
import { Descriptor } from '../kcov/descriptor.ts';
import { answer } from './answer.ts';
import { loadPackage } from './packages.ts';
import { type Load, makeLoad } from './timing.ts';

/** A process of its own that tells how long the traces of a load's documents are. */
export interface CountRequest {
  name: string;
  include: string[];
  load: Load;
}

/** Records of the longest trace of each kind, or as many as there is room for. */
export interface Counts {
  pcs: number;
  cmps: number;
}

async function count({ name, include, load }: CountRequest): Promise<Counts> {
  register({ include });
  const subject = await loadPackage(name);
  const documents = makeLoad(subject, load);
  const descriptor = new Descriptor(KCOV_BUF_MAX_ENTRIES);
  const longest = (mode: number): number => {
    descriptor.enable(mode);
    const counts = documents.map((document) => {
      descriptor.reset();
      subject.parse(document);
      return descriptor.count;
    });
    descriptor.disable();
    return Math.max(...counts);
  };
  return { pcs: longest(KCOV_MODE_TRACE_PC), cmps: longest(KCOV_MODE_TRACE_CMP) };
}

await answer(count);
