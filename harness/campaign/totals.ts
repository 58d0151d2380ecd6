import type { CampaignState, TargetState } from './state.ts';

export interface Totals {
  executions: number;
  rate: number;
  covered: number;
  sites: number;
  inputs: number;
  newInputs: number;
  /** Milliseconds since any target reached something new; undefined before. */
  sinceNew?: number;
  /** Of the least stable target that ran. */
  stability: number;
  /** Workers that run, and their megabytes. */
  running: number;
  memory: number;
}

/** What the targets of a campaign come to together. */
export function totals({ targets, workers }: CampaignState): Totals {
  const sum = (of: (target: TargetState) => number): number =>
    targets.reduce((total, target) => total + of(target), 0);
  const news = targets.flatMap(({ sinceNew }) => (sinceNew === undefined ? [] : [sinceNew]));
  const ran = targets.filter(({ executions }) => executions > 0);
  return {
    executions: sum(({ executions }) => executions),
    rate: sum(({ rate }) => rate),
    covered: sum(({ covered }) => covered),
    sites: sum(({ sites }) => sites),
    inputs: sum(({ inputs }) => inputs),
    newInputs: sum(({ newInputs = 0 }) => newInputs),
    ...(news.length > 0 && { sinceNew: Math.min(...news) }),
    stability: Math.min(1, ...ran.map(({ stability }) => stability)),
    running: workers.filter(({ state }) => state === 'running').length,
    memory: workers.reduce((total, { memory }) => total + memory, 0),
  };
}
