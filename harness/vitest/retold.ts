import { inspect } from 'node:util';
import { isErrorLike, isTheirs } from '../symbolize/stack.ts';

/** Between a filter or a mapping of theirs and us. */
const FAST_CHECK = '/node_modules/fast-check/';

/**
 * The same error, with further lines behind its message. It is a copy: the target may throw one error many times, or one
 * that cannot be changed.
 */
export function retold(error: unknown, lines: readonly string[]): unknown {
  const more = ['', ...lines].join('\n');
  if (!isErrorLike(error)) return without(new Error(`${inspect(error)} was thrown\n${more}`));
  const own = Object.getOwnPropertyDescriptors(error);
  const plain = (value: unknown) => ({ value, configurable: true, enumerable: false, writable: true });
  const { errors } = error as { errors?: unknown };
  const message = `${String(error.message)}\n${more}`;
  return Object.create(Object.getPrototypeOf(error) as object, {
    ...own,
    // Vitest shows those of an AggregateError in its stead.
    ...(Array.isArray(errors) && { errors: plain(errors.map((one) => retold(one, lines))) }),
    name: plain(error.name),
    message: plain(message),
    stack: plain(headed(error, message)),
  });
}

/**
 * The frames under another message: vitest shows errors whose stacks are the same only once. The message that a stack has
 * may be an older one, as stacks are made when errors are.
 */
function headed({ name, stack }: { name?: unknown; stack?: unknown }, message: string): unknown {
  if (typeof stack !== 'string') return stack;
  return `${String(name)}: ${message}${/\n\s+at .*/s.exec(stack)?.[0] ?? ''}`;
}

/** Without our frames, in what caused it too: what called the target says nothing of it. */
export function withoutOurs(error: unknown, seen = new Set<unknown>()): unknown {
  if (!isErrorLike(error) || seen.has(error)) return error;
  seen.add(error);
  const { stack, cause, errors } = error as { stack?: unknown; cause?: unknown; errors?: unknown };
  if (typeof stack === 'string') assign(error, theirs(stack));
  withoutOurs(cause, seen);
  if (Array.isArray(errors)) for (const one of errors) withoutOurs(one, seen);
  return error;
}

/** Where it cannot be changed it stays as it is. */
const assign = (error: object, stack: string): boolean => Reflect.set(error, 'stack', stack);

const theirs = (stack: string): string =>
  stack
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('at ') || (isTheirs(line) && !line.includes(FAST_CHECK)))
    .join('\n');

function without(error: Error): Error {
  error.stack = `${error.name}: ${error.message}`;
  return error;
}
