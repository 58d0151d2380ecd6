/** Numbers as people read them. What is no number is a question mark. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `1,234,567` */
export const count = (value: number): string =>
  Number.isFinite(value)
    ? Math.round(value)
        .toFixed(0)
        .replace(/\B(?=(\d{3})+$)/g, ',')
    : '?';

/** `1.23M`, in at most six columns; below ten thousand as it is. */
export function brief(value: number): string {
  if (!(Math.abs(value) >= 10_000)) return count(value);
  const step = Math.min(4, Math.floor(Math.log10(value) / 3));
  const scaled = value / 1000 ** step;
  return `${scaled.toFixed(scaled < 10 ? 2 : scaled < 100 ? 1 : 0)}${' kMGT'[step]}`;
}

/** `1,234/s`, and slow ones with a decimal: `0.4/s`. */
export const perSecond = (rate: number): string =>
  `${rate > 0 && rate < 10 ? rate.toFixed(1) : count(rate)}/s`;

/** `99.8 %`: never 100 where something is missing, and never 0 where something is there. */
export function percent(share: number): string {
  if (!Number.isFinite(share)) return '?';
  const tenths = Math.floor(share * 1000);
  return `${tenths === 0 && share > 0 ? 0.1 : tenths / 10} %`;
}

/** `00:01:30`, of milliseconds; hours go on beyond 99. */
export function clock(milliseconds: number): string {
  if (!Number.isFinite(milliseconds)) return '?';
  const seconds = Math.floor(Math.max(0, milliseconds) / SECOND);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

/** `4 s`, `12 min`, `2 h 5 min`, `3 d 4 h`. */
export function span(milliseconds: number): string {
  if (milliseconds < MINUTE) return `${Math.floor(Math.max(0, milliseconds) / SECOND)} s`;
  if (milliseconds < HOUR) return `${Math.floor(milliseconds / MINUTE)} min`;
  if (milliseconds < DAY) return twoUnits(milliseconds, [HOUR, 'h'], [MINUTE, 'min']);
  return twoUnits(milliseconds, [DAY, 'd'], [HOUR, 'h']);
}

type Unit = readonly [size: number, name: string];

function twoUnits(milliseconds: number, [large, largeName]: Unit, [small, smallName]: Unit): string {
  const rest = Math.floor((milliseconds % large) / small);
  return `${Math.floor(milliseconds / large)} ${largeName}${rest === 0 ? '' : ` ${rest} ${smallName}`}`;
}

/** `182 MB`, `1.8 GB`, of megabytes. */
export const megabytes = (value: number): string =>
  value < 1000 ? `${count(value)} MB` : `${(value / 1024).toFixed(1)} GB`;

/** `1 finding`, `2 findings`. */
export const plural = (value: number, noun: string): string =>
  `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
