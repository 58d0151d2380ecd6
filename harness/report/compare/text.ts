import { harmless } from '../../harmless.ts';
import type { Colors } from '../../screen/colors.ts';
import type { Count, Totals } from '../page/data.ts';
import type { Arm, Comparison, FileComparison, NamedLine } from './compare.ts';
import type { Run, RunInput } from './runs.ts';

/** Of each kind and file. */
const SHOWN = 20;

/** A comparison for people. */
export function comparisonText(comparison: Comparison, colors: Colors): string {
  const { files, fell } = comparison;
  if (files.length === 0) return 'no difference\n';
  const sum = (kind: 'gained' | 'lost' | 'newCovered' | 'newUncovered'): number =>
    files.reduce((all, file) => all + linesOf(file[kind]), 0);
  const fresh = sum('newCovered') + sum('newUncovered');
  const lines = [
    fell ? colors.bold(colors.red('coverage fell')) : 'coverage did not fall',
    `  ${plural(sum('lost'), 'line')} lost, ${sum('gained')} gained${
      fresh > 0 ? `, ${sum('newCovered')} of ${fresh} new ones covered` : ''
    }`,
    ...(['lines', 'functions', 'branches'] as const).map(
      (kind) => `  ${kind.padEnd(9)} ${change(comparison.old[kind], comparison.new[kind])}`,
    ),
    ...files.flatMap((file) => ['', ...fileText(file, colors)]),
  ];
  return `${lines.join('\n')}\n`;
}

const linesOf = (runs: readonly Run[]): number => runs.reduce((all, { lines }) => all + lines, 0);

const change = (old: Totals[keyof Totals], now: Count): string => `${share(old)} → ${share(now)}`;

const share = ([covered, total]: Count): string =>
  `${covered}/${total} (${total === 0 ? '100' : ((100 * covered) / total).toFixed(1)} %)`;

function fileText(file: FileComparison, colors: Colors): string[] {
  const { removed, functions, branches } = file;
  const moved = file.oldPath === undefined ? '' : ` (was ${harmless(file.oldPath)})`;
  return [
    colors.bold(harmless(file.path)) + moved,
    ...runsText('lost', colors.red, file.lost, 'gone from the corpus', 'no longer gets there'),
    ...runsText('gained', colors.green, file.gained, 'new in the corpus', 'did not get there before'),
    ...runsText('new', colors.green, file.newCovered, 'new in the corpus'),
    ...limited(file.newUncovered, (run) => row('new', colors.yellow, `${runText(run)}, not covered`)),
    ...(removed.lines > 0
      ? [
          row(
            'removed',
            colors.dim,
            `${plural(removed.lines, 'line')}, ${removed.covered} of which were covered`,
          ),
        ]
      : []),
    ...limited(functions.lost, (one) => row('lost', colors.red, functionText(one))),
    ...limited(functions.gained, (one) => row('gained', colors.green, functionText(one))),
    ...limited(branches.lost, (one) => row('lost', colors.red, armText(one))),
    ...limited(branches.gained, (one) => row('gained', colors.green, armText(one))),
  ];
}

type Paint = (text: string) => string;

const row = (word: string, paint: Paint, text: string): string => `  ${paint(word.padEnd(7))} ${text}`;

/** @param foreign what is said of an input that the other corpus lacks, and of one that it has */
function runsText(
  word: string,
  paint: Paint,
  runs: readonly Run[],
  foreign: string,
  known?: string,
): string[] {
  const inputText = ({ name, size, inOther }: RunInput): string => {
    const remark = inOther ? known : foreign;
    return `${harmless(name)} (${plural(size, 'byte')}${remark === undefined ? '' : `, ${remark}`})`;
  };
  return limited(runs, (run) => {
    const inputs = run.inputs.map(inputText);
    return row(word, paint, `${runText(run)}: ${inputs.length > 0 ? inputs.join(', ') : 'by loading alone'}`);
  });
}

const runText = ({ start, end, other, lines }: Run): string => {
  const where = start === end ? `line ${start}` : `lines ${start}-${end}, ${lines} with code`;
  return other === undefined ? where : `${where}, elsewhere at ${other}`;
};

const functionText = ({ name, line }: NamedLine): string => `function ${harmless(name)}, line ${line}`;

const armText = ({ type, line, column, arm }: Arm): string =>
  `branch ${arm + 1} of ${harmless(type)}, line ${line}:${column}`;

function limited<T>(list: readonly T[], text: (one: T) => string): string[] {
  const rest = list.length - SHOWN;
  const shown = list.slice(0, SHOWN).map(text);
  return rest > 0 ? [...shown, `          and ${rest} more of these; --json lists all`] : shown;
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
