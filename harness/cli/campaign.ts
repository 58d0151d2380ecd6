import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import type { CampaignPlan } from '../campaign/campaign.ts';
import { configSchema, readConfig, type TargetConfig } from '../campaign/config.ts';
import { flag } from '../engine/flags.ts';
import type { EngineOptions } from '../engine/options.ts';
import { UsageError } from '../usage.ts';
import { campaignOf } from './campaign-of.ts';
import { engineOptionsOf, filterOf, type TargetOptions, targetWords } from './options.ts';
import { planOf } from './plan.ts';

interface CampaignCommandOptions {
  json?: boolean;
  schema?: boolean;
}

export function campaignCommand(): Command {
  return new Command('campaign')
    .description('fuzz several targets, unattended, as a configuration file says')
    .argument('[config]', 'JSON, or a module whose default export is the configuration')
    .option('--json', 'JSON lines on standard output instead of a screen')
    .option('--schema', 'print the JSON Schema of a configuration')
    .action(campaign);
}

async function campaign(path: string | undefined, options: CampaignCommandOptions): Promise<void> {
  const { schema = false, json = false } = options;
  if (schema) {
    process.stdout.write(`${JSON.stringify(configSchema(), null, 2)}\n`);
    return;
  }
  if (path === undefined) throw new UsageError('campaign: no configuration; give the path of one');
  const config = await readConfig(path);
  await campaignOf({
    plans: config.targets.map(plan),
    workers: config.workers ?? availableParallelism(),
    keepGoing: config.keepGoing ?? true,
    flags: config.maxTotalTime === undefined ? [] : [`-max_total_time=${config.maxTotalTime}`],
    json,
    ...(config.prometheus !== undefined && { prometheus: config.prometheus }),
  });
}

function plan(one: TargetConfig): CampaignPlan {
  const { flags = [], fuzzEntryPoint = 'fuzz', includes, excludes, customHooks, disableBugDetectors } = one;
  if (flag(flags, 'max_total_time') !== undefined)
    throw new UsageError(`${one.name}: flags: -max_total_time: say maxTotalTime of the campaign instead`);
  const options: TargetOptions = {
    fuzzEntryPoint,
    ...(includes && { includes }),
    ...(excludes && { excludes }),
    ...(customHooks && { customHooks }),
    ...(disableBugDetectors && { disableBugDetectors }),
  };
  const engine: EngineOptions = {
    ...engineOptionsOf(options),
    loop: one.loop ?? 'auto',
    hints: true,
    ...(one.timeout !== undefined && { timeout: one.timeout }),
  };
  return planOf({
    name: one.name!,
    target: one.target,
    corpus: one.corpus,
    seeds: one.seeds ?? [],
    flags,
    ...(one.weight !== undefined && { weight: one.weight }),
    ...(one.maxTime !== undefined && { budget: 1000 * one.maxTime }),
    request: { filter: filterOf(options), engine },
    options: targetWords(options),
  });
}
