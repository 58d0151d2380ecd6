import type { Writable } from 'node:stream';
import { News } from '../campaign/news.ts';
import { Pace } from '../campaign/pace.ts';
import type { CampaignState, TargetState } from '../campaign/state.ts';
import { totals } from '../campaign/totals.ts';
import type { View } from '../campaign/view.ts';
import { harmless } from '../harmless.ts';
import { colorsFor } from './colors.ts';
import { Doctor } from './doctor.ts';
import { summary } from './summary.ts';
import { clock, percent, span } from './units.ts';

/** Without a terminal: a line now and then, and at each finding, note and new diagnosis. */
export class Log implements View {
  readonly #stream: Writable & { isTTY?: boolean };
  readonly #doctor = new Doctor();
  readonly #news = new News();
  readonly #pace = new Pace();
  readonly #diagnosed = new Set<string>();

  constructor(stream: Writable & { isTTY?: boolean } = process.stderr) {
    this.#stream = stream;
    // A reader that is gone is no reason to end.
    stream.on('error', () => {});
  }

  show(state: CampaignState): void {
    this.#tellNews(state);
    if (this.#pace.due(state.elapsed)) for (const line of logLines(state)) this.print(line);
  }

  print(line: string): void {
    this.#stream.write(`kcovjs: ${line}\n`);
  }

  async end(state: CampaignState): Promise<void> {
    this.#tellNews(state);
    for (const line of logLines(state)) this.print(line);
    const lines = summary(state, this.#doctor.diagnose(state), colorsFor(this.#stream));
    this.#stream.write(`${lines.join('\n')}\n`);
  }

  #tellNews(state: CampaignState): void {
    const { findings, notes } = this.#news.since(state);
    const time = clock(state.elapsed);
    for (const note of notes) this.print(`${time} ${harmless(note)}`);
    for (const { kind, title, folder } of findings)
      this.print(`${time} found ${kind}: ${harmless(title)} (${harmless(folder)})`);
    for (const { id, target = '', severity, text } of this.#doctor.diagnose(state)) {
      const key = `${id} ${target}`;
      if (this.#diagnosed.has(key)) continue;
      this.#diagnosed.add(key);
      this.print(`${time} ${severity}: ${text}`);
    }
  }
}

/**
 * `00:01:30 execs 123456 (2300/s) cov 812/4000 corp 120 new 4s ago findings 2 workers 2/2 stability 99.8 %`: one line,
 * or one for each target.
 */
export function logLines(state: CampaignState): string[] {
  if (state.targets.length === 1) return [line(state)];
  return state.targets.map((target) => line(only(state, target), `${harmless(target.name)} `));
}

function line(state: CampaignState, name = ''): string {
  const { executions, rate, covered, sites, inputs, sinceNew, stability, running } = totals(state);
  const news = sinceNew === undefined ? 'never' : `${span(sinceNew).replaceAll(' ', '')} ago`;
  return [
    `${clock(state.elapsed)} ${name}execs ${executions} (${Math.round(rate)}/s) cov ${covered}/${sites} corp ${inputs}`,
    `new ${news} findings ${state.findings.length} workers ${running}/${state.workers.length}`,
    `stability ${percent(stability)}`,
  ].join(' ');
}

const only = (state: CampaignState, target: TargetState): CampaignState => ({
  ...state,
  targets: [target],
  workers: state.workers.filter((worker) => worker.target === target.name),
  findings: state.findings.filter((finding) => finding.target === target.name),
});
