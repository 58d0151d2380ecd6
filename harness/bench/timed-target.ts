import { writeFileSync } from 'node:fs';
import { KERNEL_GLOBAL } from '../../src/abi/kernel.ts';
import { loadPackage } from './packages.ts';
import type { TimedRequest } from './timed-run.ts';
import { makeLoad, timePasses } from './timing.ts';

/**
 * The same measurement within the peer: a target that takes it in its first run, when all is instrumented and
 * libFuzzer listens; what runs follow are empty.
 */
const { name, load, pace } = JSON.parse(process.env['KCOVJS_BENCH_REQUEST']!) as TimedRequest;
const subject = await loadPackage(name);
const documents = makeLoad(subject, load);

export interface PeerResult {
  milliseconds: number;
  /** Counters that are not zero: proof that it is the peer's instrumentation that is measured. */
  counters: number;
  /** Our instrumentation is in there too, so that it is not the peer that is measured. */
  alien: boolean;
}

interface Peer {
  Fuzzer: { coverageTracker: { coverageMap: Uint8Array; moduleCounters: Uint8Array[] } };
}

function counted(): number {
  const { coverageMap, moduleCounters } = (globalThis as unknown as Peer).Fuzzer.coverageTracker;
  return [coverageMap, ...moduleCounters].reduce((sum, one) => sum + one.filter((n) => n > 0).length, 0);
}

let measured = false;

export function fuzz(): void {
  if (measured) return;
  measured = true;
  const milliseconds = timePasses(() => {
    for (const document of documents) subject.parse(document);
  }, pace);
  const result: PeerResult = { milliseconds, counters: counted(), alien: KERNEL_GLOBAL in globalThis };
  writeFileSync(process.env['KCOVJS_BENCH_OUT']!, JSON.stringify(result));
}
