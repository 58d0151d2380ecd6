import { KCOV_BUF_MAX_ENTRIES, KCOV_MODE_TRACE_CMP, KCOV_MODE_TRACE_PC } from '../../src/abi/kcov.ts';
import { register, registerWith } from '../../src/loader/register.ts';
import { Descriptor } from '../kcov/descriptor.ts';
import { answer } from './answer.ts';
import { INCLUDE_VARIABLE } from './istanbul.ts';
import { loadPackage } from './packages.ts';
import { type Load, makeLoad, type Pace, timePasses } from './timing.ts';

/** A process of its own that parses one large input again and again, compiled in one of these ways. */
export type Mode = 'plain' | 'disabled' | 'pc' | 'cmp' | 'istanbul';

export interface TimedRequest {
  name: string;
  include: string[];
  mode: Mode;
  load: Load;
  pace: Pace;
}

export interface TimedResult {
  milliseconds: number;
  /** Records of each document in the last pass; empty where nothing is traced. */
  records: number[];
  /** Entries that a trace can have. */
  limit: number;
}

async function instrument(mode: Mode, include: string[]): Promise<void> {
  if (mode === 'plain') return;
  if (mode !== 'istanbul') {
    register({ include });
    return;
  }
  process.env[INCLUDE_VARIABLE] = JSON.stringify(include);
  const nothing = { include: ['\0'] };
  await registerWith(nothing, { url: new URL('./istanbul.js', import.meta.url).href, data: null });
}

async function measure({ name, include, mode, load, pace }: TimedRequest): Promise<TimedResult> {
  await instrument(mode, include);
  const subject = await loadPackage(name);
  const documents = makeLoad(subject, load);
  if (mode !== 'pc' && mode !== 'cmp') {
    const pass = (): void => {
      for (const document of documents) subject.parse(document);
    };
    return { milliseconds: timePasses(pass, pace), records: [], limit: 0 };
  }
  const descriptor = new Descriptor(KCOV_BUF_MAX_ENTRIES);
  descriptor.enable(mode === 'pc' ? KCOV_MODE_TRACE_PC : KCOV_MODE_TRACE_CMP);
  const records = new Array<number>(documents.length).fill(0);
  const pass = (): void => {
    for (let i = 0; i < documents.length; i++) {
      descriptor.reset();
      subject.parse(documents[i]!);
      records[i] = descriptor.count;
    }
  };
  return { milliseconds: timePasses(pass, pace), records, limit: descriptor.limit };
}

await answer(measure);
