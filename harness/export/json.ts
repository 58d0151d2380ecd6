import type { Writable } from 'node:stream';
import { News } from '../campaign/news.ts';
import { Pace } from '../campaign/pace.ts';
import type { CampaignState } from '../campaign/state.ts';
import type { View } from '../campaign/view.ts';
import type { FindingState } from '../findings/finding.ts';
import { type LineKind, Lines } from './lines.ts';
import { findingRecord, noteRecord, statusRecord, summaryRecord } from './records.ts';

/** Of what a reader has not taken: the state as it is now, the latest notes, and all that was found. */
const STATUS: LineKind = { name: 'status', keep: 1 };
const NOTE: LineKind = { name: 'note', keep: 1000 };
const RESULT: LineKind = { name: 'result', keep: Number.POSITIVE_INFINITY };

/** `--json`: a JSON object a line on standard output. A reader that is slow or gone holds nothing up. */
export class JsonLines implements View {
  readonly #lines: Lines;
  readonly #news = new News();
  readonly #pace = new Pace();
  /** What was said of each finding, by its folder. */
  readonly #told = new Map<string, string>();

  /** @param patience milliseconds for which the reader may take nothing at the end */
  constructor(stream: Writable = process.stdout, patience?: number) {
    this.#lines = new Lines(stream, patience);
  }

  show(state: CampaignState): void {
    for (const finding of state.findings)
      this.#told.set(finding.folder, this.#told.get(finding.folder) ?? numbers(finding));
    this.#tellNews(state);
    if (this.#pace.due(state.elapsed)) this.#write(statusRecord(state), STATUS);
  }

  async end(state: CampaignState): Promise<void> {
    this.#tellNews(state);
    for (const finding of state.findings) {
      if (this.#told.get(finding.folder) !== numbers(finding)) this.#tell(state, finding);
    }
    this.#write(summaryRecord(state), RESULT);
    await this.#lines.end();
  }

  #tellNews(state: CampaignState): void {
    const { findings, notes } = this.#news.since(state);
    for (const text of notes) this.#write(noteRecord(state, text), NOTE);
    for (const finding of findings) this.#tell(state, finding);
  }

  #tell(state: CampaignState, finding: FindingState): void {
    this.#told.set(finding.folder, numbers(finding));
    this.#write(findingRecord(state, finding), RESULT);
  }

  #write(record: object, kind: LineKind): void {
    this.#lines.write(JSON.stringify(record), kind);
  }
}

const numbers = ({ count, reproduced, file, lastSeen }: FindingState): string =>
  [count, reproduced, lastSeen, file].join(' ');
