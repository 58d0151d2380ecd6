import { join } from 'node:path';
import { harmless } from '../harmless.ts';
import { near } from '../near.ts';
import { codeFrame } from '../screen/code-frame.ts';
import type { Colors } from '../screen/colors.ts';
import { clip } from '../screen/text.ts';
import { count, plural } from '../screen/units.ts';
import type { Page } from './model/page.ts';
import type { Door, DoorCompare, Operand } from './page/data.ts';

export interface FrontierSource {
  /** By the index of the file; the text is null where it cannot be read. */
  file(index: number): { path: string; text: string | null };
  /** Name of an input, by its index. */
  input(index: number): string;
}

export interface TerminalStyle {
  colors: Colors;
  /** Columns of the terminal. */
  width: number;
}

/** Doors that are shown. */
const SHOWN = 5;
/** Operands of each. */
const COMPARES = 2;
const INDENT = '   ';

/** The frontier of a page. @param inputs by their index */
export function reportFrontier(
  { index, textOf }: Page,
  inputs: readonly { path: string }[],
  style: TerminalStyle,
): string {
  const source: FrontierSource = {
    file: (file) => ({ path: near(join(index.root, index.files[file]!.path)), text: textOf(file) }),
    input: (input) => inputs[input]!.path,
  };
  return frontierText(index.frontier, index.doors, source, style);
}

/**
 * What blocks the fuzzer: the first doors of the frontier in their code, with the closest operands. Empty where there
 * is none.
 *
 * @param doors those to which execution came most often first
 * @param all how many there are, should not all be given
 */
export function frontierText(
  doors: readonly Door[],
  all: number,
  source: FrontierSource,
  style: TerminalStyle,
): string {
  if (doors.length === 0) return '';
  const shown = doors.slice(0, SHOWN);
  const { colors } = style;
  const title = `${colors.bold('Frontier')}: came to, and never entered${
    all > shown.length ? colors.dim(`, the first ${shown.length} of ${count(all)}`) : ''
  }`;
  const lines = shown.flatMap((door, i) => ['', ...doorText(door, i + 1, source, style)]);
  return `${[title, ...lines].join('\n')}\n`;
}

function doorText(door: Door, number: number, source: FrontierSource, style: TerminalStyle): string[] {
  const { colors, width } = style;
  const { path, text } = source.file(door.file);
  const [line, column] = door.place;
  const room = width - INDENT.length;
  const frame =
    text === null ? [] : codeFrame(text, { line, column }, { color: colors.isColorSupported, width: room });
  return [
    `${number}. ${colors.bold(NAMES.get(door.kind))} in ${harmless(door.function)}  ${colors.dim(`${harmless(path)}:${line}:${column}`)}`,
    `${INDENT}came here ${plural(door.visits, 'time')}, ${plural(door.behind, 'PC')} behind it`,
    ...door.compares.slice(0, COMPARES).map((one) => INDENT + clip(compareText(one, source, colors), room)),
    ...frame.map((one) => INDENT + one),
  ];
}

const NAMES: ReadonlyMap<Door['kind'], string> = new Map([
  ['then', 'the condition never held'],
  ['else', 'the condition always held'],
  ['case', 'a case that never came'],
  ['loop', 'a loop that was never entered'],
  ['operand', 'an operand that was never evaluated'],
  ['default', 'a default that was never used'],
  ['catch', 'nothing was ever caught'],
  ['rest', 'what follows never ran'],
]);

function compareText({ left, right, input }: DoorCompare, source: FrontierSource, colors: Colors): string {
  const by = colors.dim(`by ${harmless(source.input(input))}`);
  return `closest: ${operandText(left, colors)} and ${operandText(right, colors)} ${by}`;
}

const operandText = ({ value, constant }: Operand, colors: Colors): string =>
  constant ? colors.cyan(harmless(value)) : colors.yellow(harmless(value));
