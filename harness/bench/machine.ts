import { readFileSync } from 'node:fs';
import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { jazzerPackagePath } from '../engine/resolve.ts';
import { ROOT } from './process.ts';

/** What the numbers belong to. */
export interface Machine {
  date: string;
  cpu: string;
  cores: number;
  memoryGiB: number;
  system: string;
  node: string;
  v8: string;
  /** Of the last minute, as the benchmark starts: much more than 0 means that others were working too. */
  load: number;
  kcovjs: string;
  jazzer: string;
}

const version = (manifest: string): string =>
  (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;

export function describeMachine(): Machine {
  const [first] = cpus();
  return {
    date: new Date().toISOString(),
    cpu: first?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.versions.node,
    v8: process.versions.v8,
    load: loadavg()[0]!,
    kcovjs: version(join(ROOT, 'package.json')),
    jazzer: version(jazzerPackagePath('@jazzer.js/core/package.json')!),
  };
}

/** The version that is installed in a folder such as `node_modules/acorn/`. */
export const installedVersion = (folder: string): string => version(join(ROOT, folder, 'package.json'));
