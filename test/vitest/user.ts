import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../cli/kcovjs.ts';

/** The newest vitest that this Node runs. */
export const VITEST = isAtLeast(process.versions.node, [22, 12]) ? '5.1.1' : '4.1.12';

export interface Ran {
  code: number | null;
  /** Of both streams, in the order in which it came. */
  output: string;
}

export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'kcovjs-vitest-'));

/** Runs a command in a folder as somebody who has no vitest around it. */
export function run(cwd: string, command: string, ...args: readonly string[]): Promise<Ran> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !isOurs(name)));
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...env, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

/** @throws with all that was printed, where it does not end with 0 */
export async function succeed(cwd: string, command: string, ...args: readonly string[]): Promise<string> {
  const { code, output } = await run(cwd, command, ...args);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}\n${output}`);
  return output;
}

/** Copies an example, and installs what it needs and the packed project, as a new user does. */
export async function installed(example: string): Promise<string> {
  const [folder, packed] = [temporaryFolder(), temporaryFolder()];
  cpSync(join(ROOT, example), folder, { recursive: true });
  const name = await succeed(
    ROOT,
    'npm',
    'pack',
    '--silent',
    '--ignore-scripts',
    '--pack-destination',
    packed,
  );
  const packages = [join(packed, name.trim()), `vitest@${VITEST}`];
  const quietly = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
  await succeed(folder, 'npm', 'install', ...quietly, ...packages);
  return folder;
}

const isOurs = (name: string): boolean =>
  /^(VITEST|KCOVJS_(FUZZ|VITEST)$|NODE_(ENV|OPTIONS)$|FORCE_COLOR$|GITHUB_ACTIONS$)/.test(name);

function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [a, b] = version.split('.').map(Number) as [number, number];
  return a > major || (a === major && b >= minor);
}
