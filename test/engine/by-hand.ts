import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const built = (path: string): string => new URL(`../../dist/${path}`, import.meta.url).href;

/** A module written by hand: site n is at BASE + 8 n. */
const PRELUDE = `
  import { boot } from ${JSON.stringify(built('src/boot.js'))};
  import { pcLow } from ${JSON.stringify(built('src/abi/text.js'))};
  import { kldstat } from ${JSON.stringify(built('src/ksyms/linker.js'))};
  import { initDetectors } from ${JSON.stringify(built('harness/engine/detectors.js'))};
  import { fuzz } from ${JSON.stringify(built('harness/engine/fuzz.js'))};
  import { loadJazzer } from ${JSON.stringify(built('harness/engine/jazzer.js'))};
  boot();
  const BASE = 0x40000, kernel = globalThis.__kcov;
  kernel.kldload('/by/hand.js', BASE, 8 * 40, '{"symbols":[],"lines":""}');
  const pc = (site) => kernel.__sanitizer_cov_trace_pc(pcLow(BASE + 8 * site));
  const equals = (a, b, site) => (kernel.cmp !== 0 && kernel.trace_const_cmp(a, b, pcLow(BASE + 8 * site)), a === b);
  const later = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms));
  const isAB = (data) => data[0] === 0x41 && (pc(1), data[1] === 0x42);
`;

interface Result {
  code: number;
  restart?: string;
  error?: string;
  stats: { runs: number; compareRuns: number };
}

export interface HowToRun extends Record<string, unknown> {
  /** Load Jazzer.js's bug detectors. */
  detectors?: boolean;
}

/** Fuzzes `target`, source text, in a process of its own. */
export function run(target: string, flags: string[], { detectors = false, ...options }: HowToRun = {}) {
  const cwd = mkdtempSync(join(tmpdir(), 'kcovjs-engine-'));
  const request = JSON.stringify({ ...options, libFuzzerFlags: ['-seed=1', ...flags] });
  const script = `${PRELUDE}
    ${detectors ? 'await initDetectors({});' : ''}
    const { error, ...result } = await fuzz({ target: ${target}, options: ${request}, kldstat });
    console.log(JSON.stringify({ ...result, error: error && String(error) }));
    process.exit();`;
  const args = ['--input-type=module', '-e', script];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd,
    encoding: 'utf8',
    timeout: 100_000,
  });
  const result = (stdout === '' ? undefined : JSON.parse(stdout)) as Result;
  return {
    status,
    stdout,
    stderr,
    result,
    files: readdirSync(cwd),
    read: (name: string) => readFileSync(join(cwd, name)),
  };
}
