import { inspect } from 'node:util';

/** How fast-check's own values say what they are: functions, commands, schedulers. */
const TELLS = Symbol.for('fast-check/toStringMethod');

/** Values as the arguments of a call. */
export const show = (values: readonly unknown[]): string => `(${values.map(showOne).join(', ')})`;

export function showOne(value: unknown): string {
  const tells = (value as { [TELLS]?: () => string } | null | undefined)?.[TELLS];
  if (typeof tells === 'function') return tells.call(value);
  return inspect(value, { depth: 10, maxStringLength: 2000, maxArrayLength: 200 });
}
