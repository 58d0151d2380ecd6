import type { CampaignState } from '../campaign/state.ts';
import { totals } from '../campaign/totals.ts';
import type { FindingState } from '../findings/finding.ts';

/** The objects of `--json`, one a line: their names stay, and more may be added. Times are ISO 8601 in UTC. */

export type JsonRecord = { type: 'status' | 'finding' | 'note' | 'summary'; time: string; elapsed: number };

const iso = (milliseconds: number): string => new Date(milliseconds).toISOString();

const head = <Type extends JsonRecord['type']>(type: Type, state: CampaignState) => ({
  type,
  time: iso(state.now),
  elapsed: state.elapsed,
});

/** How a campaign stands. */
export const statusRecord = (state: CampaignState) => ({ ...head('status', state), ...standing(state) });

/** How it stood at its end. */
export const summaryRecord = (state: CampaignState) => ({
  ...head('summary', state),
  ...standing(state),
  notes: state.notes.length,
});

/** One finding; a later record of the same `folder` replaces an earlier one. */
export const findingRecord = (state: CampaignState, finding: FindingState) => ({
  ...head('finding', state),
  title: finding.title,
  kind: finding.kind,
  file: finding.file,
  count: finding.count,
  reproduced: finding.reproduced,
  target: finding.target,
  folder: finding.folder,
  firstSeen: iso(finding.firstSeen),
  lastSeen: iso(finding.lastSeen),
  stack: finding.stack,
  command: finding.command,
});

export const noteRecord = (state: CampaignState, text: string) => ({ ...head('note', state), text });

function standing(state: CampaignState) {
  const { executions, rate, covered, sites, inputs, running } = totals(state);
  return {
    phase: state.phase,
    left: state.left ?? null,
    fuzzed: state.fuzzed ?? 0,
    executions,
    rate,
    covered,
    sites,
    inputs,
    findings: state.findings.length,
    triage: state.triage,
    running,
    targets: state.targets.map(({ history: _, sinceNew, newInputs, ...target }) => ({
      ...target,
      newInputs: newInputs ?? null,
      sinceNew: sinceNew ?? null,
    })),
    workers: state.workers,
  };
}
