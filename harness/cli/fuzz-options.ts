import type { EngineOptions } from '../engine/options.ts';
import { statOf } from '../inputs.ts';
import { UsageError } from '../usage.ts';
import { engineOptionsOf, type TargetOptions } from './options.ts';

/** What `kcovjs fuzz` is told, however many processes fuzz. */
export interface FuzzOptions extends TargetOptions {
  sync?: boolean;
  async?: boolean;
  timeout?: number;
  expectedErrors?: string[];
  mode: string;
  remote: boolean;
  hints: boolean;
  stackTraces?: boolean;
  workers?: number;
  keepGoing?: boolean;
  json?: boolean;
  prometheus?: number;
}

export const engineOf = (options: FuzzOptions): EngineOptions => ({
  ...engineOptionsOf(options),
  loop: options.sync ? 'sync' : options.async ? 'async' : 'auto',
  ...(options.timeout !== undefined && { timeout: options.timeout }),
  expectedErrors: options.expectedErrors ?? [],
  remote: options.remote,
  hints: options.hints,
  stackTraces: options.stackTraces ?? false,
});

export const flagsOf = (flags: readonly string[], { mode }: FuzzOptions): string[] =>
  mode === 'regression' ? [...flags, '-runs=0'] : [...flags];

/** @throws {UsageError} for a folder that is not there */
export function checkSeeds(paths: readonly string[]): void {
  for (const path of paths) {
    if (statOf(path) === undefined) throw new UsageError(`${path}: no such corpus folder`);
  }
}
