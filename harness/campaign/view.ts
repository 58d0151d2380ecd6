import type { CampaignState } from './state.ts';

/** What shows a campaign while it runs, to people or to machines. None of them can end it or hold it up. */
export interface View {
  /** The state as it is now; to be called a few times a second, and as soon as something was found. */
  show(state: CampaignState): void;
  /** The last state, of phase `done`. Resolves when all that can be written is; nothing is written after it. */
  end(state: CampaignState): Promise<void>;
}
