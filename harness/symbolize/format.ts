import type { Frame } from './symbolizer.ts';

export const formatAddress = (pc: bigint): string => `0x${pc.toString(16).padStart(16, '0')}`;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** The same of an address in two words. */
export const formatHalves = (high: number, low: number): string => `0x${formatWord(high)}${formatWord(low)}`;

const formatWord = (word: number): string =>
  HEX[word >>> 24]! + HEX[(word >>> 16) & 0xff]! + HEX[(word >>> 8) & 0xff]! + HEX[word & 0xff]!;

/** `/lib/decoder.js:120:9`, as far as it is known. */
export const formatPlace = ({ file, line, column }: Frame): string =>
  file === undefined ? '??:0' : `${oneLine(file)}:${line}:${column}`;

/** `decode+0x1d` */
const formatFunction = ({ symbol, offset }: Frame): string => `${oneLine(symbol)}+0x${offset.toString(16)}`;

/** `0xffffffff81a2b3c5 decode+0x1d /lib/decoder.js:120:9`; question marks, as addr2line has them, for the unknown. */
export const formatFrame = (pc: bigint, frame: Frame | undefined): string =>
  `${formatAddress(pc)} ${formatWhere(frame)}`;

/** The same without its address. */
export const formatWhere = (frame: Frame | undefined): string =>
  frame === undefined ? '?? ??:0' : `${formatFunction(frame)} ${formatPlace(frame)}`;

/** Names and paths can hold anything; an answer is one line, and does nothing to a terminal. */
export const oneLine = (text: string): string =>
  CONTROL.test(text) ? text.replace(CONTROLS, escaped) : text;

const CONTROL = /\p{Cc}/u;
const CONTROLS = /\p{Cc}/gu;
const escaped = (character: string): string => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
