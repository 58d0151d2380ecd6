/** How far two operands of a comparison are from each other. */

/** Infinite where one is no number. */
export function numberDistance(a: number | bigint, b: number | bigint): number {
  if (Object.is(a, b)) return 0;
  const distance = typeof a === 'bigint' && typeof b === 'bigint' ? Number(a - b) : Number(a) - Number(b);
  return Number.isNaN(distance) ? Number.POSITIVE_INFINITY : Math.abs(distance);
}

/** Characters that differ, those that only one has among them. */
export function textDistance(a: string, b: string): number {
  let distance = Math.abs(a.length - b.length);
  for (let i = Math.min(a.length, b.length) - 1; i >= 0; i--)
    if (a.charCodeAt(i) !== b.charCodeAt(i)) distance++;
  return distance;
}

export function byteDistance(a: Uint8Array, b: Uint8Array): number {
  let distance = Math.abs(a.length - b.length);
  for (let i = Math.min(a.length, b.length) - 1; i >= 0; i--) if (a[i] !== b[i]) distance++;
  return distance;
}

/** Characters at the end of a needle without which it would be found. At least one: it was not found. */
export function missingText(haystack: string, needle: string): number {
  let found = needle.length - 1;
  while (found > 0 && !haystack.includes(needle.slice(0, found))) found--;
  return needle.length - Math.max(found, 0);
}

export function missingBytes(haystack: Uint8Array, needle: Uint8Array): number {
  const where = Buffer.from(haystack.buffer, haystack.byteOffset, haystack.length);
  let found = needle.length - 1;
  while (found > 0 && !where.includes(Buffer.from(needle.subarray(0, found)))) found--;
  return needle.length - Math.max(found, 0);
}
