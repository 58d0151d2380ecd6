import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { CampaignState } from '../../harness/campaign/state.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const DRIVER = join(ROOT, 'test/screen/driver.mjs');
const PEOPLE = join(ROOT, 'dist/harness/screen/people.js');
const PATIENCE = 60_000;

/** A real terminal, tmux's, in which a shell starts the driver, or a command, and then says that it is over. */
export class RealTerminal {
  readonly #socket = join(mkdtempSync(join(tmpdir(), 'kcovjs-tmux-')), 'socket');
  readonly #file = join(mkdtempSync(join(tmpdir(), 'kcovjs-screen-')), 'state.json');

  /** @param shown what the driver shows at first, or the command that is started instead of it */
  constructor(
    columns: number,
    rows: number,
    shown: CampaignState | readonly string[],
    env: Record<string, string> = {},
  ) {
    const isCommand = Array.isArray(shown);
    if (!isCommand) this.show(shown as CampaignState);
    const words = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const command = `trap : INT; echo before; env ${words.join(' ')} ${(isCommand ? shown : [process.execPath, DRIVER, this.#file, PEOPLE]).join(' ')}; echo over: $?; exec cat`;
    const size = ['-x', String(columns), '-y', String(rows)];
    this.#tmux(['-f', '/dev/null', 'new-session', '-d', ...size, 'bash', '-c', command]);
  }

  /** What the driver shows from now on; null is an error that nobody catches. */
  show(state: CampaignState | null): void {
    const temporary = `${this.#file}.${randomUUID()}`;
    writeFileSync(temporary, JSON.stringify(state));
    renameSync(temporary, this.#file);
  }

  resize(columns: number, rows: number): void {
    this.#tmux(['resize-window', '-x', String(columns), '-y', String(rows)]);
  }

  /** Keys as tmux names them: `C-c`. */
  press(key: string): void {
    this.#tmux(['send-keys', key]);
  }

  /** Continues what `C-z` has stopped, as a shell's `fg` does. */
  resume(): void {
    const shell = Number(this.#tmux(['display-message', '-p', '#{pane_pid}']));
    process.kill(-shell, 'SIGCONT');
  }

  /** What can be seen, a line each; with `styled`, with its colours. */
  lines({ styled = false } = {}): string[] {
    const text = this.#tmux(['capture-pane', '-p', ...(styled ? ['-e'] : [])]);
    return text.replace(/\n+$/, '').split('\n');
  }

  get cursorIsShown(): boolean {
    return this.#tmux(['display-message', '-p', '#{cursor_flag}']).trim() === '1';
  }

  /** Waits until what can be seen is as it should be, and is so for a while. */
  async until(isSo: (text: string) => boolean): Promise<string[]> {
    const end = Date.now() + PATIENCE;
    for (;;) {
      const lines = this.lines();
      if (isSo(lines.join('\n'))) {
        await setTimeout(150);
        const later = this.lines();
        if (isSo(later.join('\n'))) return later;
      }
      if (Date.now() > end) throw new Error(`this is all that was seen:\n${lines.join('\n')}`);
      await setTimeout(50);
    }
  }

  close(): void {
    this.#tmux(['kill-server']);
  }

  #tmux(args: readonly string[]): string {
    return execFileSync('tmux', ['-u', '-S', this.#socket, ...args], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C.UTF-8', TERM: 'xterm-256color', NO_COLOR: '', FORCE_COLOR: '' },
    });
  }
}
