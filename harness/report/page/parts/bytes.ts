/**
 * As `hexdump -C`: offset, bytes, and what is printable.
 *
 * @param width bytes in a row: 16, or 8 where there is little room
 */
export function hexDump(data: Uint8Array, width: 8 | 16): string {
  const rows: string[] = [];
  for (let at = 0; at < data.length; at += width) rows.push(hexRow(data.subarray(at, at + width), at, width));
  return rows.join('\n');
}

function hexRow(row: Uint8Array, offset: number, width: 8 | 16): string {
  const pairs = Array.from(row, (byte) => byte.toString(16).padStart(2, '0'));
  const left = pairs.slice(0, 8).join(' ').padEnd(23);
  const right = width === 8 ? '' : `  ${pairs.slice(8).join(' ').padEnd(23)}`;
  const text = Array.from(row, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'));
  return `${offset.toString(16).padStart(8, '0')}  ${left}${right}  ${text.join('')}`;
}

/** Bytes that are not UTF-8 become U+FFFD. */
export const asText = (data: Uint8Array): string =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(data);
