import type { ErrorText } from '../symbolize/stack.ts';

/** Whether the stack was full. */
export const isOverflow = ({ name, message }: ErrorText): boolean =>
  name === 'RangeError' && message.startsWith('Maximum call stack size exceeded');

/** One frame of each function that a stack has more than once: those that call each other in a circle. */
export function repeated<F>(frames: readonly F[], nameOf: (frame: F) => string): F[] {
  const counts = new Map<string, { frame: F; count: number }>();
  for (const frame of frames) {
    const seen = counts.get(nameOf(frame));
    if (seen === undefined) counts.set(nameOf(frame), { frame, count: 1 });
    else seen.count++;
  }
  return [...counts.values()].filter(({ count }) => count > 1).map(({ frame }) => frame);
}
