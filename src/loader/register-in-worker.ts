import { getEnvironmentData } from 'node:worker_threads';
import type { Filter } from './filter.ts';
import { FILTER_KEY } from './hook-worker.ts';
import { isRegistered, register } from './register.ts';

/** Runs in worker threads of instrumented programs; see hook-worker.ts. What they inherit may have registered. */
if (!isRegistered()) register(getEnvironmentData(FILTER_KEY) as unknown as Filter);
