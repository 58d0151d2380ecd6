import type { FindingState } from '../findings/finding.ts';
import type { CampaignState } from './state.ts';

export interface NewsItems {
  findings: FindingState[];
  notes: string[];
}

/** Tells what is in a state that was not in the last one. Findings of earlier campaigns are no news. */
export class News {
  #folders: Set<string> | undefined;
  #notes: readonly string[] = [];

  since(state: CampaignState): NewsItems {
    const start = state.now - state.elapsed;
    this.#folders ??= new Set(
      state.findings.filter(({ firstSeen }) => firstSeen < start).map(({ folder }) => folder),
    );
    const known = this.#folders;
    const findings = state.findings.filter(({ folder }) => !known.has(folder));
    for (const { folder } of findings) known.add(folder);
    const notes = state.notes.slice(overlap(this.#notes, state.notes));
    this.#notes = [...state.notes];
    return { findings, notes };
  }
}

/** How many at the start of a list are the end of the one before: whoever keeps it may drop the oldest. */
function overlap(before: readonly string[], after: readonly string[]): number {
  for (let length = Math.min(before.length, after.length); length > 0; length--) {
    const start = before.length - length;
    if (before.slice(start).every((note, i) => note === after[i])) return length;
  }
  return 0;
}
