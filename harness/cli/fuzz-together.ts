import { basename, extname, resolve } from 'node:path';
import { checkDictionaries } from '../corpus/dictionaries.ts';
import { targetPath } from '../target.ts';
import { UsageError } from '../usage.ts';
import { campaignOf } from './campaign-of.ts';
import { checkSeeds, engineOf, type FuzzOptions, flagsOf } from './fuzz-options.ts';
import { filterOf, targetWords } from './options.ts';
import { planOf } from './plan.ts';

/** Several processes, or one that goes on: a campaign of one target. */
export async function fuzzTogether(
  name: string,
  corpus: readonly string[],
  libFuzzerFlags: readonly string[],
  options: FuzzOptions,
): Promise<void> {
  if (options.expectedErrors !== undefined)
    throw new UsageError('-x, --expected-errors: a campaign lists every error; leave --workers and such out');
  const path = targetPath(name);
  const [folder = `${basename(path, extname(path))}-corpus`, ...seeds] = corpus;
  checkSeeds(seeds);
  const flags = flagsOf(checkDictionaries(libFuzzerFlags), options);
  const plan = planOf({
    name,
    target: path,
    corpus: folder,
    seeds: seeds.map((one) => resolve(one)),
    request: { filter: filterOf(options), engine: engineOf(options) },
    flags,
    options: targetWords(options),
  });
  await campaignOf({
    plans: [plan],
    workers: options.workers ?? 1,
    keepGoing: options.keepGoing ?? false,
    flags,
    json: options.json ?? false,
    ...(options.prometheus !== undefined && { prometheus: options.prometheus }),
  });
}
