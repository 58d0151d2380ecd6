import { appendFileSync, closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { HistoryPoint } from '../findings/history.ts';

/** Milliseconds between points at least, and as a part of what has passed: a month has some five hundred points. */
const STEP = 1000;
const PART = 40;
const NEWLINE = 10;

/** Appends a campaign's coverage over time to a file: a line a point, with the start of its run. */
export class HistoryLog {
  readonly #file: string;
  readonly #start: number;
  #next = 0;
  /** Whether the file ends with a line of ours. */
  #isBegun = false;

  /** @param start milliseconds since the epoch */
  constructor(file: string, start: number) {
    this.#file = file;
    this.#start = start;
  }

  /**
   * Writes a point, unless it comes too soon after the last one.
   *
   * @param at milliseconds since the start
   * @throws as the file system does
   */
  add(at: number, point: () => Omit<HistoryPoint, 'seconds'>): void {
    if (at < this.#next) return;
    this.#next = at + Math.max(STEP, at / PART);
    this.#write(at, point());
  }

  /** The last one. @throws as the file system does */
  end(at: number, point: Omit<HistoryPoint, 'seconds'>): void {
    this.#write(at, point);
  }

  #write(at: number, { covered, sites, inputs, executions }: Omit<HistoryPoint, 'seconds'>): void {
    const seconds = Math.round(at) / 1000;
    const line = JSON.stringify({ start: this.#start, seconds, covered, sites, inputs, executions });
    const before = this.#isBegun || endsWhole(this.#file) ? '' : '\n';
    this.#isBegun = false; // It may be written in part, and no more.
    appendFileSync(this.#file, `${before}${line}\n`);
    this.#isBegun = true;
  }
}

/** Whether what a run before this one has written last ends as a line does. */
function endsWhole(file: string): boolean {
  const fd = openSync(file, 'a+');
  try {
    const { size } = fstatSync(fd);
    const last = Buffer.alloc(1);
    return size === 0 || (readSync(fd, last, 0, 1, size - 1) === 1 && last[0] === NEWLINE);
  } finally {
    closeSync(fd);
  }
}
