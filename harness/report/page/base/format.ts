import type { Count } from '../data.ts';

const numbers = new Intl.NumberFormat('en');
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });

/** `1,204` */
export const number = (value: number): string => numbers.format(value);

/** `1.2K`: for narrow columns. */
export const short = (value: number): string => (value < 10_000 ? number(value) : compact.format(value));

/** `1 input`, `2 inputs` */
export const many = (count: number, one: string, more = `${one}s`): string =>
  `${number(count)} ${count === 1 ? one : more}`;

/** `512 B`, `1.2 kB` */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const unit = Math.min(3, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** unit).toPrecision(3)} ${['B', 'kB', 'MB', 'GB'][unit]}`;
}

/** Nothing to cover is all covered. */
export const share = ([covered, total]: Count): number => (total === 0 ? 1 : covered / total);

/** Rounded down, so that 100% is all; `–` where there is nothing to cover. */
export const percent = (count: Count): string =>
  count[1] === 0 ? '–' : `${(Math.floor(share(count) * 1000) / 10).toFixed(1)}%`;

/** `1 h 4 min`, `12 s`, `80 ms` */
export function duration(seconds: number): string {
  if (seconds === 0) return '0';
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800)
    return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`.replace(' 0 min', '');
  return `${(seconds / 86_400).toFixed(1)} d`;
}

/** `2026-11-21 18:56 UTC`; what is no date stays as it is. */
export function time(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
