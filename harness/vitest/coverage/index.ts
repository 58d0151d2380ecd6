import type { CoverageProviderModule } from 'vitest/node';
import { takeCounts } from './counts.ts';
import { handedOver } from './handover.ts';

/**
 * Coverage for vitest, counted where the code under test runs and made into istanbul's in vitest's own process:
 *
 *     coverage: { provider: 'custom', customProviderModule: 'kcovjs/vitest/coverage' }
 */
const provider: CoverageProviderModule = {
  takeCoverage: (options?: object) => handedOver(takeCounts(), options),
  async getProvider() {
    // Nothing that workers have no use for is loaded there.
    const { KcovCoverageProvider } = await import('./provider.ts');
    return new KcovCoverageProvider();
  },
};

export default provider;
