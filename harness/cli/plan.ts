import type { CampaignPlan } from '../campaign/campaign.ts';
import { flag } from '../engine/flags.ts';
import type { EngineOptions } from '../engine/options.ts';
import type { TargetRequest } from '../executor/executed.ts';
import { near } from '../near.ts';
import { quoted } from '../quoted.ts';
import { targetPath } from '../target.ts';
import { UsageError } from '../usage.ts';
import { MEMORY, TIMEOUT } from './limits.ts';

/** Modes in which libFuzzer starts processes of its own, or does not fuzz. */
const REFUSED = ['merge', 'fork', 'jobs', 'workers', 'minimize_crash', 'cleanse_crash', 'artifact_prefix'];
/** What a campaign does itself. */
const OURS = ['max_total_time', 'runs'];

/** Of that, where a worker begins anew before its memory is taken for a finding. */
const FULL = 3 / 4;

export interface PlanRequest {
  name: string;
  target: string;
  corpus: string;
  seeds: readonly string[];
  request: Omit<TargetRequest, 'target'>;
  flags: readonly string[];
  /** Options of the command line that say how the target is loaded, for the command that runs an input again. */
  options: readonly string[];
  weight?: number;
  /** Milliseconds. */
  budget?: number;
}

/** @throws {UsageError} for flags that a campaign cannot have, and a target that is not there */
export function planOf({ flags, request, target, options, weight = 1, ...rest }: PlanRequest): CampaignPlan {
  const refused = REFUSED.find((name) => flag(flags, name) !== undefined);
  if (refused !== undefined)
    throw new UsageError(`-${refused}: several workers cannot have it; leave --workers and --keep-going out`);
  const module = targetPath(target);
  const limit = Number(flag(flags, 'rss_limit_mb') ?? MEMORY);
  return {
    ...rest,
    request: { ...request, target: module },
    flags: flags.filter((one) => !OURS.some((name) => one.startsWith(`-${name}=`))),
    weight,
    memory: limit > 0 ? limit * FULL : Number.MAX_SAFE_INTEGER,
    limits: {
      timeout: timeoutOf(flags, request.engine),
      memory: limit > 0 ? limit : Number.MAX_SAFE_INTEGER,
    },
    command: ['npx', 'kcovjs', 'replay', near(module), ...options].map(quoted),
  };
}

/** Milliseconds; `-timeout` has seconds. */
function timeoutOf(flags: readonly string[], { timeout = TIMEOUT }: EngineOptions): number {
  const seconds = flag(flags, 'timeout');
  return seconds === undefined ? timeout : Number(seconds) * 1000 || timeout;
}
