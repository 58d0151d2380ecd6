import { readFileSync, statSync } from 'node:fs';
import { framePlace } from '../findings/stack-frame.ts';
import { harmlessLine, harmlessLines } from '../harmless.ts';
import type { Input } from '../inputs.ts';
import { codeFrame } from '../screen/code-frame.ts';
import type { Colors } from '../screen/colors.ts';
import { formatAddress, formatPlace, oneLine } from '../symbolize/format.ts';
import { type ErrorText, headline } from '../symbolize/stack.ts';
import type { Symbolizer } from '../symbolize/symbolizer.ts';

export interface Replayed {
  input: Input;
  /** How it failed. */
  error: ErrorText | null;
  pcs: bigint[];
  overflowed: boolean;
  remotes: Remote[];
}

/** What the run caused in a remote section. */
export interface Remote {
  subsystem: bigint;
  id: bigint;
  pcs: bigint[];
  overflowed: boolean;
}

export const allPcs = ({ pcs, remotes }: Replayed): bigint[] =>
  [pcs, ...remotes.map((remote) => remote.pcs)].flat();

export interface TextStyle {
  colors: Colors;
  /** Columns of the terminal. */
  width: number;
  /** How many PCs of the end of a trace to show. */
  last: number;
  all?: boolean;
}

/** What came of a run, for people. */
export function replayText(replayed: Replayed, symbolizer: Symbolizer, style: TextStyle): string {
  const { input, error, remotes } = replayed;
  const { colors } = style;
  const outcome = error === null ? colors.green('ok') : colors.red(harmlessLines(headline(error)));
  const lines = [
    `${colors.bold(harmlessLine(input.path))} (${input.data.length} bytes): ${outcome}`,
    ...(error?.stack ?? []).map((frame) => `    ${harmlessLine(frame)}`),
    ...(error === null ? [] : failingCode(error.stack, style)),
    ...traceText('trace', replayed, symbolizer, style),
    ...(allPcs(replayed).length === 0 && error === null
      ? ['  nothing that ran is instrumented; say which files are with -i']
      : []),
    ...remotes.flatMap((remote) =>
      traceText(colors.magenta(`remote section ${remote.subsystem}/${remote.id}`), remote, symbolizer, style),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

/** The code around the innermost place of a stack that is in a file. */
function failingCode(stack: readonly string[], { colors, width }: TextStyle): string[] {
  const place = stack.map(framePlace).find((one) => one !== null);
  const text = place && unchangedText(place.file);
  if (!place || text == null) return [];
  const frame = codeFrame(text, place, { color: colors.isColorSupported, width: width - INDENT.length });
  return frame.length === 0 ? [] : ['', ...frame.map((line) => INDENT + line), ''];
}

const INDENT = '    ';

/** Null where a file cannot be read, or is no longer what was loaded. */
function unchangedText(file: string): string | null {
  try {
    if (statSync(file).mtimeMs > performance.timeOrigin) return null;
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch {
    return null;
  }
}

function traceText(
  name: string,
  { pcs, overflowed }: Pick<Replayed, 'pcs' | 'overflowed'>,
  symbolizer: Symbolizer,
  { last, all, colors }: TextStyle,
): string[] {
  const shown = all || pcs.length <= last ? pcs : last === 0 ? [] : pcs.slice(-last);
  return [
    `  ${name}: ${pcs.length} PCs${shown.length < pcs.length ? `, the last ${shown.length} (--all prints every one)` : ''}`,
    ...(overflowed ? ['  the buffer was full: what came later is not in the trace'] : []),
    ...shown.map((pc) => `    ${pcText(pc, symbolizer, colors)}`),
  ];
}

/** As `formatFrame`, with colours. */
function pcText(pc: bigint, symbolizer: Symbolizer, colors: Colors): string {
  const frame = symbolizer.lookup(pc);
  const address = colors.dim(formatAddress(pc));
  if (frame === undefined) return `${address} ?? ${colors.dim('??:0')}`;
  const symbol = `${colors.bold(oneLine(frame.symbol))}+0x${frame.offset.toString(16)}`;
  return `${address} ${symbol} ${colors.dim(formatPlace(frame))}`;
}
