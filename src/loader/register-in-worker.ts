import { setEnvironmentData } from 'node:worker_threads';
import { FILTERS_KEY, inheritedFilters } from './hook-worker.ts';
import { isRegistered, register } from './register.ts';

/** Runs in worker threads of instrumented programs; see hook-worker.ts. What they inherit may have registered. */
const filters = inheritedFilters();
if (!isRegistered()) {
  // Each is handed on again as it is registered here.
  setEnvironmentData(FILTERS_KEY, []);
  for (const filter of filters) register(filter);
}
