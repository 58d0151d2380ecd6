import { number } from '../base/format.ts';
import type { Operand } from '../data.ts';

/** Text, and whether it differs from the other's. */
export type Parts = readonly (readonly [text: string, differs: boolean])[];

/** Where two operands part. Values that are as long are compared place by place; others by what they begin and end with. */
export function differences(wanted: Operand, seen: Operand): { wanted: Parts; seen: Parts } {
  const [left, right] = [split(wanted), split(seen)];
  if (wanted.type === 'number' || seen.type === 'number') {
    const differs = wanted.value !== seen.value;
    return { wanted: [[wanted.value, differs]], seen: [[seen.value, differs]] };
  }
  if (left.length === right.length)
    return {
      wanted: join(left, (at) => left[at] !== right[at]),
      seen: join(right, (at) => left[at] !== right[at]),
    };
  const start = common(left, right, (units, at) => units[at]);
  const rest = Math.min(left.length, right.length) - start;
  const end = Math.min(
    rest,
    common(left, right, (units, at) => units[units.length - 1 - at]),
  );
  const middle = (units: readonly string[]) => join(units, (at) => at >= start && at < units.length - end);
  return { wanted: middle(left), seen: middle(right) };
}

/** `3 apart`, of two numbers. */
export function distance(wanted: Operand, seen: Operand): string {
  if (wanted.type !== 'number' || seen.type !== 'number') return '';
  const apart = Math.abs(Number(wanted.value) - Number(seen.value));
  return Number.isFinite(apart) && apart > 0 ? `${number(apart)} apart` : '';
}

/** Bytes by two digits and a space, text by its characters: an escape is one. */
const split = ({ type, value }: Operand): string[] =>
  (type === 'bytes'
    ? value.match(/\S+\s*|\s+/g)
    : value.match(/\\u\{[0-9a-f]+\}|\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|\\.|./gisu)) ?? [];

function common(
  left: readonly string[],
  right: readonly string[],
  unit: (units: readonly string[], at: number) => string | undefined,
): number {
  const most = Math.min(left.length, right.length);
  let at = 0;
  while (at < most && unit(left, at) === unit(right, at)) at++;
  return at;
}

function join(units: readonly string[], differs: (at: number) => boolean): Parts {
  const parts: [string, boolean][] = [];
  for (const [at, unit] of units.entries()) {
    const last = parts.at(-1);
    if (last && last[1] === differs(at)) last[0] += unit;
    else parts.push([unit, differs(at)]);
  }
  return parts;
}
