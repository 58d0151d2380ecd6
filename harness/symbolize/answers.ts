import { basename } from 'node:path';
import { formatHalves, formatWhere, oneLine } from './format.ts';
import type { Frame, Symbolizer } from './symbolizer.ts';

/** How an address is answered, given as its text: a line each, or two, with the newline at the end. */
export type AnswerForm = (pc: string, frame: Frame | undefined) => string;

/** `0xffffffff81a2b3c5 decode+0x1d /lib/decoder.js:120:9` */
const usual: AnswerForm = (pc, frame) => `${pc} ${formatWhere(frame)}\n`;

/** What `addr2line -f` prints: the function, and on the next line its file and line. */
const functions: AnswerForm = (_, frame) =>
  frame?.file === undefined
    ? `${frame === undefined ? '??' : oneLine(frame.symbol)}\n??:0\n`
    : `${oneLine(frame.symbol)}\n${oneLine(frame.file)}:${frame.line}\n`;

const json: AnswerForm = (pc, frame) => `${JSON.stringify({ pc, ...frame })}\n`;

export const ANSWER_FORMS = { usual, functions, json };

const withBasename = (frame: Frame | undefined): Frame | undefined =>
  frame?.file === undefined ? frame : { ...frame, file: basename(frame.file) };

/** Kernel text: addresses that are asked for again and again lie nowhere else. */
const KERNEL_HIGH = 0xffff_ffff;
/** About 200 bytes each. */
const KEPT = 1 << 20;

/**
 * Answers to addresses, each made once. They are UTF-8, with a character for each byte: so V8 keeps them in one piece,
 * and they are written as they are.
 */
export class Answers {
  readonly #symbolizer: Symbolizer;
  readonly #form: AnswerForm;
  readonly #known = new Map<number, string>();

  /** @param basenames without the folders of files */
  constructor(symbolizer: Symbolizer, form: AnswerForm, basenames = false) {
    this.#symbolizer = symbolizer;
    this.#form = basenames ? (pc, frame) => form(pc, withBasename(frame)) : form;
  }

  /**
   * @param high bits 32 to 63 of the address
   * @param low bits 0 to 31
   * @returns bytes, to be written as `latin1`
   * @throws {ElfError} where the line table that it needs is broken
   */
  of(high: number, low: number): string {
    if (high !== KERNEL_HIGH) return this.#make(high, low);
    // As a signed integer it is none that V8 would have to allocate.
    const key = low | 0;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#known.size === KEPT) this.#known.clear();
    const made = this.#make(high, low);
    this.#known.set(key, made);
    return made;
  }

  #make(high: number, low: number): string {
    const text = this.#form(formatHalves(high, low), this.#symbolizer.lookupHalves(high, low));
    return Buffer.from(text).toString('latin1');
  }
}
