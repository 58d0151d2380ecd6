import type { CampaignConfig } from './config.ts';

export type { CampaignConfig } from './config.ts';

/** A configuration as it is, with its types: `export default defineCampaign({ … })`. */
export const defineCampaign = (config: CampaignConfig): CampaignConfig => config;
