import { createLogUpdate } from 'log-update';
import { News } from '../campaign/news.ts';
import type { CampaignState } from '../campaign/state.ts';
import type { View } from '../campaign/view.ts';
import { harmless } from '../harmless.ts';
import { type Colors, colorsFor } from './colors.ts';
import { Doctor } from './doctor.ts';
import { frame } from './frame.ts';
import { summary } from './summary.ts';
import { clip, width } from './text.ts';
import { clock } from './units.ts';

const SHOW_CURSOR = '\x1b[?25h';

/**
 * The live screen: a frame that is drawn over, and above it what is written once. log-update hides the cursor, and
 * shows it again however the process ends.
 */
export class Screen implements View {
  readonly #terminal: NodeJS.WriteStream;
  readonly #colors: Colors;
  readonly #doctor = new Doctor();
  readonly #news = new News();
  #draw: ReturnType<typeof createLogUpdate>;
  #drawn: readonly string[] = [];
  #state: CampaignState | undefined;

  constructor(terminal: NodeJS.WriteStream = process.stderr) {
    this.#terminal = terminal;
    this.#colors = colorsFor(terminal);
    this.#draw = createLogUpdate(terminal);
    terminal.on('resize', this.#startOver);
    process.on('SIGCONT', this.#startOver).on('SIGTSTP', this.#stop);
    // A terminal that is gone is no reason to end.
    terminal.on('error', () => {});
  }

  show(state: CampaignState): void {
    this.#tellNews(state);
    this.#state = state;
    this.#paint(state);
  }

  /** Writes a line above the screen, where it stays. */
  print(line: string): void {
    this.#draw.persist(clip(line, this.#columns));
    this.#drawn = [];
    if (this.#state !== undefined) this.#paint(this.#state);
  }

  async end(state: CampaignState): Promise<void> {
    this.#tellNews(state);
    this.#state = undefined;
    this.#terminal.off('resize', this.#startOver);
    process.off('SIGCONT', this.#startOver).off('SIGTSTP', this.#stop);
    this.#draw.clear();
    this.#draw.done();
    const lines = summary(state, this.#doctor.diagnose(state), this.#colors);
    this.#terminal.write(`${lines.join('\n')}\n`);
  }

  /** The last column stays free: some terminals begin a new line as soon as it is written to. */
  get #columns(): number {
    return Math.max(1, (this.#terminal.columns || 80) - 1);
  }

  #tellNews(state: CampaignState): void {
    const { findings, notes } = this.#news.since(state);
    const time = this.#colors.dim(clock(state.elapsed));
    for (const note of notes) this.print(`${time} ${this.#colors.yellow(harmless(note))}`);
    for (const { kind, title } of findings)
      this.print(`${time} ${this.#colors.red(`found ${kind}`)} ${harmless(title)}`);
  }

  #paint(state: CampaignState): void {
    const context = { state, columns: this.#columns, colors: this.#colors };
    // A line is for the cursor.
    const rows = Math.max(1, (this.#terminal.rows || 24) - 1);
    this.#drawn = frame(context, this.#doctor.diagnose(state), rows);
    this.#draw(this.#drawn.join('\n'));
  }

  /** In a terminal of another size the old frame is broken into other lines, or partly out of sight: all is cleared. */
  readonly #startOver = (): void => {
    if (this.#state === undefined) return;
    const rows = this.#drawn.reduce(
      (sum, line) => sum + Math.max(1, Math.ceil(width(line) / (this.#columns + 1))),
      0,
    );
    const toStart = rows === 0 ? '' : `\x1b[${rows}A`;
    this.#terminal.write(`${toStart}\r\x1b[J\x1b[H\x1b[2J`);
    this.#draw = createLogUpdate(this.#terminal);
    this.#paint(this.#state);
  };

  /** Ctrl-Z: the shell gets its cursor. */
  readonly #stop = (): void => {
    this.#terminal.write(SHOW_CURSOR);
    process.kill(process.pid, 'SIGSTOP');
  };
}
