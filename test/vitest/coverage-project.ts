import { spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { CoverageMapData, FileCoverageData } from 'istanbul-lib-coverage';
import { expect } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');

/** A project in a folder of its own, which has vitest and this package installed. */
export class Project {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'kcovjs-')));

  constructor(files: Readonly<Record<string, string>>) {
    const modules = join(this.root, 'node_modules');
    mkdirSync(modules);
    for (const name of readdirSync(join(ROOT, 'node_modules')))
      if (!name.startsWith('.')) symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
    // A link would lead out of node_modules, where vitest takes files for the project's own.
    for (const name of ['package.json', 'dist']) this.copy(`../${name}`, `node_modules/kcovjs/${name}`);
    for (const [path, text] of Object.entries({ 'package.json': '{ "type": "module" }', ...files }))
      this.write(path, text);
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  /** Copies files of an installed package. */
  copy(from: string, to: string): void {
    cpSync(join(ROOT, 'node_modules', from), join(this.root, to), { recursive: true });
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), 'utf8');
  }

  run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    const script = join(this.root, 'node_modules/vitest/vitest.mjs');
    const { VITEST: _, NODE_OPTIONS: __, ...rest } = process.env;
    const child = spawn(process.execPath, [script, 'run', ...args], {
      cwd: this.root,
      env: { ...rest, NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    return new Promise((done) => child.once('close', (code) => done({ code, output })));
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

interface Ended {
  code: number | null;
  output: string;
}

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
