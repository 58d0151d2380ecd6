import { cpSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { CoverageMapData, FileCoverageData } from 'istanbul-lib-coverage';
import { expect } from 'vitest';
import { ROOT } from '../cli/kcovjs.ts';
import { project } from './project.ts';
import { type Ran, run } from './user.ts';

/** A project in a folder of its own, which has this package and all others installed. */
export class Project {
  readonly root: string;

  constructor(files: Readonly<Record<string, string>>) {
    const all = readdirSync(join(ROOT, 'node_modules')).filter((name) => !name.startsWith('.'));
    this.root = realpathSync(project(files, all));
  }

  /** Copies files of an installed package. */
  copy(from: string, to: string): void {
    cpSync(join(ROOT, 'node_modules', from), join(this.root, to), { recursive: true });
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), 'utf8');
  }

  run(args: readonly string[]): Promise<Ran> {
    return run(this.root, process.execPath, 'node_modules/vitest/vitest.mjs', 'run', ...args);
  }

  /** Runs the tests with one of the providers. @throws where they fail */
  async coverage(provider: Provider, args: readonly string[] = []): Promise<CoverageMapData> {
    const folder = `coverage-${provider}`;
    const options = [
      `--coverage.reportsDirectory=${folder}`,
      ...(provider === 'kcov' ? KCOV : [`--coverage.provider=${provider}`]),
    ];
    const { code, output } = await this.run([
      '--coverage.enabled',
      '--coverage.reporter=json',
      ...options,
      ...args,
    ]);
    expect(code, output).toBe(0);
    return JSON.parse(this.read(join(folder, 'coverage-final.json'))) as CoverageMapData;
  }
}

export type Provider = 'kcov' | 'istanbul';

/** What switches our provider on. */
export const KCOV = ['--coverage.provider=custom', '--coverage.customProviderModule=kcovjs/vitest/coverage'];

/** What coverage says of each file: what there is, and how often it ran. */
export const essence = (map: CoverageMapData) =>
  Object.fromEntries(
    Object.entries(map as Record<string, FileCoverageData>).map(
      ([path, { statementMap, fnMap, branchMap, s, f, b }]) => [
        path,
        { statementMap, fnMap, branchMap, s, f, b },
      ],
    ),
  );

/** The same with whether it ran. */
export const hits = (map: CoverageMapData) =>
  JSON.parse(JSON.stringify(essence(map), (key, value) => (isCount(key, value) ? value > 0 : value)));

const isCount = (key: string, value: unknown): boolean =>
  typeof value === 'number' && key !== 'line' && key !== 'column';

/** Every count of a file. */
export const counts = ({ s, f, b }: FileCoverageData): number[] => [
  ...Object.values(s),
  ...Object.values(f),
  ...Object.values(b).flat(),
];
