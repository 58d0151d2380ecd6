import type { Frame } from './symbolizer.ts';

export const formatAddress = (pc: bigint): string => `0x${pc.toString(16).padStart(16, '0')}`;

/** `/lib/decoder.js:120:9`, as far as it is known. */
export const formatPlace = ({ file, line, column }: Frame): string =>
  file === undefined ? '??:0' : `${file}:${line}:${column}`;

/** `0xffffffff81a2b3c5 decode+0x1d /lib/decoder.js:120:9`; question marks, as addr2line has them, for the unknown. */
export function formatFrame(pc: bigint, frame: Frame | undefined): string {
  if (frame === undefined) return `${formatAddress(pc)} ?? ??:0`;
  return `${formatAddress(pc)} ${frame.symbol}+0x${frame.offset.toString(16)} ${formatPlace(frame)}`;
}
