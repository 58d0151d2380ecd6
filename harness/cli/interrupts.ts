import { constants } from 'node:os';
import type { Campaign } from '../campaign/campaign.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The first Ctrl-C finishes and reports, the second ends at once. @returns what ends listening */
export function onInterrupt(campaign: Campaign, told: (line: string) => void): () => void {
  let isAsked = false;
  const listen = (signal: NodeJS.Signals): void => {
    if (isAsked) {
      campaign.kill();
      process.exit(128 + constants.signals[signal]);
    }
    isAsked = true;
    told(
      'finishing: what was found is still looked at; once more to end at once, the next start goes on from there',
    );
    campaign.stop();
  };
  for (const signal of SIGNALS) process.on(signal, listen);
  return () => {
    for (const signal of SIGNALS) process.off(signal, listen);
  };
}
