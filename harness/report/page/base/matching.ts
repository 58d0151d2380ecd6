/** Rows whose text has every word of a filter, whatever its case; all of them where there is no filter. */
export function matching(lowered: readonly string[], filter: string): Uint32Array {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const rows = new Uint32Array(lowered.length);
  let count = 0;
  for (let at = 0; at < lowered.length; at++)
    if (words.every((word) => lowered[at]!.includes(word))) rows[count++] = at;
  return rows.subarray(0, count);
}
