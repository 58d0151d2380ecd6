import type { Value } from './value.ts';

export const encode = (value: Value): Buffer => Buffer.from(encoded(value));

function encoded(value: Value): string {
  if (typeof value === 'bigint') return `i${value}e`;
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) return `l${value.map(encoded).join('')}e`;
  return `d${sorted(value).join('')}e`;
}

const text = (value: string): string => `${Buffer.byteLength(value)}:${value}`;

/** The format wants keys in the order of their bytes. */
const sorted = (dictionary: { [key: string]: Value }): string[] =>
  Object.entries(dictionary)
    .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([key, value]) => text(key) + encoded(value));
