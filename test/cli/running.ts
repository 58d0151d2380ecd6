import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { emptyFolder, ROOT } from './kcovjs.ts';

const MAIN = join(ROOT, 'dist/harness/cli/main.js');

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string[];
  stderr: string;
}

/** The command line while it runs, in an empty folder unless another is named. */
export class Running {
  readonly cwd: string;
  readonly child: ChildProcess;
  readonly lines: string[] = [];
  stderr = '';
  readonly #ended: Promise<unknown[]>;

  constructor(args: readonly string[], cwd = emptyFolder()) {
    this.cwd = cwd;
    this.child = spawn(process.execPath, [MAIN, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    createInterface({ input: this.child.stdout! }).on('line', (line) => this.lines.push(line));
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.#ended = once(this.child, 'close');
  }

  /** What `--json` has said so far. */
  get messages(): Record<string, unknown>[] {
    return this.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** @throws with all that was written, where it does not come */
  async until(what: string, test: () => boolean, limit = 60_000): Promise<void> {
    const end = performance.now() + limit;
    while (!test()) {
      if (performance.now() > end || this.child.exitCode !== null)
        throw new Error(
          `not seen: ${what}\n${this.lines.slice(-20).join('\n')}\n${this.stderr.slice(-2000)}`,
        );
      await setTimeout(50);
    }
  }

  async end(): Promise<Ended> {
    const [code, signal] = (await this.#ended) as [number | null, NodeJS.Signals | null];
    return { code, signal, stdout: this.lines, stderr: this.stderr };
  }
}
