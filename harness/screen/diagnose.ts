import type { CampaignState } from '../campaign/state.ts';
import { harmless } from '../harmless.ts';
import { CAMPAIGN_RULES, type CampaignRule, tooManyWorkers } from './campaign-rules.ts';
import type { Circumstances, Diagnosis, Severity } from './diagnosis.ts';
import { TARGET_RULES, type TargetRule } from './target-rules.ts';

const ORDER: readonly Severity[] = ['problem', 'warning', 'hint'];

/** What is wrong with a campaign, the most important first. */
export function diagnose(state: CampaignState, circumstances: Circumstances): Diagnosis[] {
  const rules = [...CAMPAIGN_RULES, ...TARGET_RULES.map(forEach), tooManyWorkers];
  return rules
    .flatMap((rule) => rule(state, circumstances))
    .sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
}

/** Targets are judged once they run; where there are several, each diagnosis says of which it is. */
const forEach =
  (rule: TargetRule): CampaignRule =>
  (state) => {
    if (state.phase === 'starting') return [];
    return state.targets.flatMap((target) => {
      const found = rule(target, state);
      if (found === undefined) return [];
      if (state.targets.length === 1) return [found];
      return [{ ...found, target: target.name, text: `${harmless(target.name)}: ${found.text}` }];
    });
  };
