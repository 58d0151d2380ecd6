import type { Summary } from './statistics.ts';

export interface Table {
  title: string;
  columns: string[];
  rows: string[][];
  /** What one must know to read it. */
  notes?: string[];
}

/** Three digits that count. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString('en-US');
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

/** A median with the least and the greatest of all, where there are several. */
export const spread = ({ median, min, max, count }: Summary): string =>
  count === 1 ? digits(median) : `${digits(median)} (${digits(min)}..${digits(max)})`;

/** For a terminal: the first column to the left, numbers to the right. */
export function asText({ title, columns, rows, notes = [] }: Table): string {
  const widths = columns.map((column, i) => Math.max(column.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: string[]): string =>
    cells
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return `${[title, '', line(columns), rule, ...rows.map(line), ...notes.map((note) => `  ${note}`)].join('\n')}\n`;
}

export function asMarkdown({ title, columns, rows, notes = [] }: Table): string {
  const line = (cells: string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const rule = `|${columns.map((_, i) => (i === 0 ? '---' : '--:')).join('|')}|`;
  const below = notes.length > 0 ? `\n${notes.map((note) => `- ${note}\n`).join('')}` : '';
  return `## ${title}\n\n${[line(columns), rule, ...rows.map(line)].join('\n')}\n${below}`;
}
